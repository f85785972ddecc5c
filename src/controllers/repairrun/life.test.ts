import { expect, it } from 'vitest';
import { stepsHash } from '../../domain/playbook/playbook-hash.ts';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import { ANOMALY, repairPlaybook, repairRun } from '../../../test/builders/known-run.ts';

/** A run that waits for its approval. */
async function asking(bench = new RepairBench()): Promise<RepairBench> {
  bench.put(repairPlaybook(), repairRun());
  await bench.settle();
  return bench;
}

it('waits for its approval, by a stable id and for as long as the playbook says', async () => {
  const bench = await asking();
  const { phase, approvalId, requestedAt, expiresAt } = bench.status();
  expect({ phase, requestedAt, expiresAt }).toEqual({
    phase: 'AwaitingApproval',
    requestedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T00:30:00.000Z',
  });
  expect(approvalId).toMatch(/^rr-[0-9a-f]{20}$/);
  expect(bench.condition('Reconciling')?.reason).toBe('AwaitingApproval');
  expect(bench.world.incident.get('shop/restart-web-1')).toMatchObject({ phase: 'AwaitingApproval', waitsFor: 'approval', approvalId });
});

it('is approved, does its step, sees the alert resolve and stay quiet, and teaches that', async () => {
  const bench = await asking();
  bench.passes(1_000);
  bench.approve();
  await bench.settle();
  expect(bench.world.done).toHaveLength(1);
  expect(bench.status().phase).toBe('Verifying');
  bench.passes(60_000);
  bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: 'It resolved.' };
  const { phase, learned, message, steps } = await bench.toEnd();
  expect({ phase, learned, message }).toEqual({
    phase: 'Succeeded',
    learned: true,
    message: 'The alert resolved and stayed quiet. All replicas are available.',
  });
  expect(steps?.map(({ deed }) => deed?.result)).toEqual(['Done']);
  expect(bench.world.recorded).toEqual([
    {
      id: 'uid-1',
      anomalyKey: ANOMALY,
      action: 'restart_pod',
      success: true,
      executionSeconds: 0,
      by: 'shop/restart-web-1',
      verified: {
        anomalyClass: 'HighLatency/Deployment',
        playbook: { namespace: 'shop', name: 'restart-web', steps: stepsHash(repairPlaybook().spec) },
      },
    },
  ]);
  expect(bench.world.incident.get('shop/restart-web-1')?.phase).toBe('Succeeded');
  expect(bench.ended).toEqual(['Succeeded']);
  expect(bench.firstCalls).toEqual([0]);
});

it('teaches as the root cause what its approver wrote, however a model had put it into the playbook', async () => {
  const bench = new RepairBench();
  bench.put(repairPlaybook({ spec: { source: 'auto_learning', rootCause: 'what a model once said' } }), repairRun());
  await bench.settle();
  const approvals = [{ by: 'mei', decision: 'Approve' as const, reason: 'a dead connection' }];
  bench.edit(run => ({ ...run, spec: { ...run.spec, approvals } }));
  await bench.settle();
  bench.passes(60_000);
  bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: 'It resolved.' };
  await bench.toEnd();
  expect(bench.world.recorded).toMatchObject([{ success: true, rootCause: 'a dead connection' }]);
});

it('keeps no mark of a run once its end is on record, nor of one that is deleted', async () => {
  const bench = await asking();
  bench.approve();
  await bench.settle();
  expect(bench.counting).toBe(1);
  bench.put(repairRun({ ...bench.run(), metadata: { ...bench.run().metadata, deletionTimestamp: bench.now.toISOString() } }));
  await bench.turn();
  expect(bench.counting).toBe(0);
  const other = await asking();
  other.approve();
  await other.settle();
  other.passes(60_000);
  other.world.testimony = { alert: 'resolved', resolvedAt: other.now, chain: 'alive', detail: 'It resolved.' };
  await other.toEnd();
  await other.turn();
  expect(other.counting).toBe(0);
});
