import { describe, expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import { INCIDENT, knownIncident, playbookOfRun, repairPlaybook, repairRun, RESTART, SCALE } from '../../../test/builders/known-run.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const AUTOMATIC = { mode: 'Automatic' as const };
const LABELLED = { alertname: 'HighLatency', labels: { severity: 'critical' } };
const ROOMY = { cooldown: '0s', maxPerHour: 60, maxConcurrent: 100 };

/** One of many runs, for an incident of its own and so on a target of its own. */
function numbered(index: number): RepairRun {
  const target = { kind: 'Deployment' as const, name: `web-${index}` };
  const spec = { ...AUTOMATIC, incidentId: `inc-${index}`, limits: ROOMY, steps: [{ ...RESTART, target }] };
  return repairRun({ metadata: { name: `run-${index}`, uid: `uid-${index}` }, spec });
}

const keyOf = ({ metadata }: RepairRun): string => `${metadata.namespace}/${metadata.name}`;

/** Runs of one playbook that acts on the deployment of the alert. */
async function many(bench: RepairBench, runs: readonly RepairRun[]): Promise<void> {
  const steps = [{ ...RESTART, target: { kind: 'Deployment' as const, fromLabel: 'deployment' } }];
  for (const { spec } of runs) {
    const { incidentId = INCIDENT } = spec;
    const deployment = spec.steps[0]?.target?.name ?? '';
    bench.world.known.set(incidentId, knownIncident({ id: incidentId, labels: { namespace: 'shop', deployment } }));
  }
  const [first] = runs;
  if (first) bench.put(playbookOfRun(first, { spec: { steps } }), ...runs);
  await Promise.all(runs.map(run => bench.settle(keyOf(run))));
}

const begun = (bench: RepairBench): number =>
  [...bench.world.stored.values()].filter(({ status }) => status?.startedAt !== undefined).length;

describe('a playbook with mode Automatic', () => {
  it('runs by itself where the gate says yes, and says why', async () => {
    const bench = new RepairBench();
    await many(bench, [repairRun({ spec: AUTOMATIC })]);
    expect(bench.world.done).toHaveLength(1);
    expect(bench.status().gate).toMatch(/runs by itself/);
    expect(bench.status().approvals).toEqual([{ by: 'gate', via: 'gate', decision: 'Approve', time: '2026-01-01T00:00:00.000Z' }]);
  });

  it.each<[string, (bench: RepairBench) => void]>([
    ['it has not proved itself', bench => bench.put(repairPlaybook({ spec: AUTOMATIC, status: { trust: 'Candidate' } }))],
    ['its mode is another', bench => bench.put(repairPlaybook())],
    ['the alert has resolved', ({ world }) => void (world.testimony = { alert: 'resolved', chain: 'alive', detail: '' })],
    ['it is for other labels', bench => bench.put(repairPlaybook({ spec: { ...AUTOMATIC, match: LABELLED } }))],
    ['a person has resolved the incident', ({ world }) => void world.known.set(INCIDENT, knownIncident({ status: 'resolved' }))],
    ['nobody can say how the alert stands', ({ world }) => void (world.testimony = new PortError('unavailable', 'Redis is away'))],
  ])('asks a person where %s, and does so for good', async (_, given) => {
    const bench = new RepairBench();
    bench.put(repairPlaybook({ spec: AUTOMATIC }), repairRun({ spec: AUTOMATIC }));
    given(bench);
    await bench.settle();
    expect([bench.status().phase, bench.reason(), bench.world.done.length]).toEqual(['AwaitingApproval', 'AwaitingApproval', 0]);
    expect(bench.status().gate).toMatch(/A person has to approve/);
    bench.put(repairPlaybook({ spec: AUTOMATIC }));
    bench.world.testimony = { alert: 'firing', chain: 'alive', detail: '' };
    bench.world.known.set(INCIDENT, knownIncident());
    await bench.settle();
    expect(bench.world.done).toEqual([]);
    bench.approve();
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });

  it('asks a person for a step that reaches too far', async () => {
    const bench = new RepairBench({ automaticTier: 1 });
    const run = repairRun({ spec: { ...AUTOMATIC, steps: [SCALE] } });
    bench.put(playbookOfRun(run), run);
    await bench.settle();
    expect([bench.status().phase, bench.world.done.length]).toEqual(['AwaitingApproval', 0]);
  });

  it('is asked again before it begins, where something held it back', async () => {
    const bench = new RepairBench();
    bench.world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    await many(bench, [repairRun({ spec: AUTOMATIC })]);
    expect([bench.status().phase, bench.reason()]).toEqual(['AwaitingApproval', 'Paused']);
    bench.put(repairPlaybook({ spec: AUTOMATIC, status: { trust: 'Quarantined' } }));
    bench.world.pauses = [];
    await bench.settle();
    expect([bench.status().phase, bench.status().approvals, bench.world.done]).toEqual(['AwaitingApproval', [], []]);
    expect(bench.status().gate).toMatch(/Quarantined/);
  });

  it('goes on once nothing holds it back', async () => {
    const bench = new RepairBench();
    bench.world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    await many(bench, [repairRun({ spec: AUTOMATIC })]);
    bench.world.pauses = [];
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });
});

it.each(['Suggest', 'Approve'] as const)('never begins by itself with mode %s, however much it is trusted', async mode => {
  const bench = new RepairBench();
  bench.put(repairPlaybook({ spec: { mode } }), repairRun({ spec: { mode } }));
  expect((await bench.toEnd()).phase).toBe('Expired');
  expect(bench.world.done).toEqual([]);
});

describe('five hundred incidents at once', () => {
  const runs = Array.from({ length: 500 }, (_, index) => numbered(index));

  it('are no more than the breaker allows: the rest wait for a person, and none of them begins later by itself', async () => {
    const bench = new RepairBench({ breakerRuns: 5 });
    await many(bench, runs);
    expect([begun(bench), bench.world.done.length]).toEqual([5, 5]);
    bench.passes(1_200_000);
    for (const run of runs) await bench.settle(keyOf(run));
    expect(begun(bench)).toBe(5);
  });

  it('are asked about once the breaker holds, also where the gate had let one pass and another is at its target', async () => {
    const bench = new RepairBench({ breakerRuns: 2 });
    const [one, two] = [numbered(1), numbered(2)];
    const waiting = repairRun({ ...one, metadata: { ...one.metadata, name: 'run-1b', uid: 'uid-1b' } });
    await many(bench, [one, waiting]);
    expect([bench.reason(keyOf(waiting)), bench.status(keyOf(waiting)).approvals?.length]).toEqual(['TargetBusy', 1]);
    bench.world.known.set('inc-2', knownIncident({ id: 'inc-2', labels: { namespace: 'shop', deployment: 'web-2' } }));
    bench.put(two);
    await bench.settle(keyOf(two));
    await bench.settle(keyOf(waiting));
    expect([bench.reason(keyOf(waiting)), bench.status(keyOf(waiting)).approvals]).toEqual(['AwaitingApproval', []]);
    expect(bench.status(keyOf(waiting)).gate).toMatch(/^The breaker holds: 2 runs/);
  });

  it('are no more than that while the cache shows none of it yet', async () => {
    const bench = new RepairBench({ breakerRuns: 5 });
    bench.world.cached = () => runs;
    await many(bench, runs);
    expect(begun(bench)).toBe(5);
  });

  it('are no more than that over a change of leader whose cache is from before', async () => {
    const bench = new RepairBench({ breakerRuns: 5 });
    bench.world.cached = () => runs;
    bench.put(...runs);
    await many(bench, runs.slice(0, 100));
    bench.restart();
    await Promise.all(runs.slice(100).map(run => bench.settle(keyOf(run))));
    expect(begun(bench)).toBe(5);
  });

  it('are no more than that when the clock is set forward', async () => {
    const bench = new RepairBench({ breakerRuns: 5 });
    await many(bench, runs.slice(0, 100));
    bench.now = new Date(bench.now.getTime() + 3_600_000);
    await many(bench, runs.slice(100));
    expect(begun(bench)).toBe(5);
  });

  it('are one at a time on one target', async () => {
    const bench = new RepairBench();
    await many(
      bench,
      runs.map(({ metadata }) => repairRun({ metadata, spec: { ...AUTOMATIC, limits: ROOMY } })),
    );
    expect(begun(bench)).toBe(1);
  });

  it('are no more on one target within an hour than the playbook allows', async () => {
    const bench = new RepairBench();
    const spec = { ...AUTOMATIC, limits: { ...ROOMY, maxPerHour: 3 }, approval: { approvers: [], quorum: 1, expiresAfter: '3h' } };
    await many(
      bench,
      runs.slice(0, 50).map(({ metadata }) => repairRun({ metadata, spec })),
    );
    for (let minute = 1; minute < 60; minute += 1) {
      bench.passes(60_000);
      for (const run of bench.world.stored.values()) await bench.settle(keyOf(run));
    }
    expect(bench.world.done).toHaveLength(3);
    bench.passes(300_000);
    for (const run of bench.world.stored.values()) await bench.settle(keyOf(run));
    expect(bench.world.done).toHaveLength(4);
  });

  it('are no more of one playbook at a time than it allows', async () => {
    const bench = new RepairBench();
    await many(
      bench,
      runs.map(run => ({ ...run, spec: { ...run.spec, limits: { ...ROOMY, maxConcurrent: 7 } } })),
    );
    expect(begun(bench)).toBe(7);
  });
});
