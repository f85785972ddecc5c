import { describe, expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import { repairPlaybook, repairRun, RESTART, SCALE } from '../../../test/builders/known-run.ts';
import { PortError } from '../../domain/ports/port-error.ts';

/** A run that a person has approved, on which nothing was tried yet. */
async function approved(bench = new RepairBench()): Promise<RepairBench> {
  bench.put(repairPlaybook(), repairRun());
  await bench.settle();
  bench.approve();
  return bench;
}

const LONG_AGO = '2025-12-31T00:00:00.000Z';
const FORBIDDEN = new PortError('forbidden', 'deployments.apps is forbidden');

describe('an approved run is held back, and goes on once it may', () => {
  it.each<[string, string, 'Reconciling' | 'Stalled', RegExp, (bench: RepairBench) => void, (bench: RepairBench) => void]>([
    [
      'by a pause',
      'Paused',
      'Reconciling',
      /paused by ann \(release\)/,
      ({ world, now }) => void (world.pauses = [{ by: 'ann', reason: 'release', since: now }]),
      ({ world }) => void (world.pauses = []),
    ],
    [
      'by a pause that cannot be read',
      'Unavailable',
      'Reconciling',
      /not known whether/,
      ({ world }) => void (world.pauses = new PortError('unavailable', 'Redis is away')),
      ({ world }) => void (world.pauses = []),
    ],
    [
      'by a namespace that does not allow repairs',
      'NamespaceNotEnabled',
      'Stalled',
      /kubectl label namespace shop awoooi\.io\/repair=enabled/,
      ({ world }) => void (world.enabled = false),
      ({ world }) => void (world.enabled = true),
    ],
    [
      'by the want of a right',
      'Forbidden',
      'Stalled',
      /kubectl apply -k config\/repair/,
      ({ world }) => void (world.answers.plan = FORBIDDEN),
      ({ world }) => void (world.answers = {}),
    ],
    [
      'by the want of a right at the dry run',
      'Forbidden',
      'Stalled',
      /kubectl apply -k config\/repair/,
      ({ world }) => void (world.answers.dryRun = FORBIDDEN),
      ({ world }) => void (world.answers = {}),
    ],
    [
      'by an API server that does not answer',
      'Unreachable',
      'Reconciling',
      /does not/,
      ({ world }) => void (world.answers.plan = new PortError('unreachable', 'no route')),
      ({ world }) => void (world.answers = {}),
    ],
    [
      'by another run on its target',
      'TargetBusy',
      'Reconciling',
      /after it has ended/,
      bench => bench.put(other({ phase: 'Running', startedAt: bench.now.toISOString() })),
      bench => bench.put(other({ phase: 'Failed', startedAt: LONG_AGO, finishedAt: LONG_AGO })),
    ],
    [
      'by a suspended playbook',
      'PlaybookSuspended',
      'Stalled',
      /spec\.suspend to false/,
      bench => bench.put(repairPlaybook({ spec: { suspend: true } })),
      bench => bench.put(repairPlaybook()),
    ],
  ])('%s', async (_, reason, type, message, hold, letGo) => {
    const bench = await approved();
    hold(bench);
    expect(await bench.settle()).toBeGreaterThan(0);
    expect([bench.status().phase, bench.reason(), bench.condition(type)?.reason]).toEqual(['AwaitingApproval', reason, reason]);
    expect(bench.condition(type)?.message).toMatch(message);
    expect(bench.status().startedAt).toBeUndefined();
    letGo(bench);
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });

  it('by an operator that carries nothing out', async () => {
    const bench = await approved(new RepairBench({ execution: false }));
    await bench.settle();
    expect(bench.condition('Stalled')?.message).toMatch(/AWOOOI_REPAIR_EXECUTION=on/);
    expect((await bench.toEnd()).phase).toBe('Expired');
    expect([bench.world.done, bench.world.recorded]).toEqual([[], []]);
  });

  it('by a cool-down, that a clock set forward does not end', async () => {
    const bench = await approved();
    const spec = {
      limits: { cooldown: '1h', maxPerHour: 9, maxConcurrent: 1 },
      approval: { approvers: [], quorum: 1, expiresAfter: '3h' },
    };
    bench.world.answers.carryOut = { is: 'refused', reason: 'no' };
    await bench.settle();
    bench.world.answers = {};
    bench.put(repairPlaybook({ spec }), repairRun({ metadata: { name: 'next', uid: 'uid-2' }, spec }));
    await bench.settle('shop/next');
    bench.approve('mei@example.com', 'shop/next');
    // Of what changed nothing no target has to cool down.
    await bench.settle('shop/next');
    expect(bench.world.done).toHaveLength(1);
    bench.world.testimony = { alert: 'gone', chain: 'alive', detail: '' };
    await bench.toEnd('shop/next');
    bench.put(repairRun({ metadata: { name: 'third', uid: 'uid-3' }, spec }));
    await bench.settle('shop/third');
    bench.approve('mei@example.com', 'shop/third');
    bench.now = new Date(bench.now.getTime() + 7_200_000);
    await bench.settle('shop/third');
    expect(bench.reason('shop/third')).toBe('CoolingDown');
    bench.passes(3_600_000);
    bench.now = new Date(bench.now.getTime() - 7_200_000);
    await bench.settle('shop/third');
    expect(bench.world.done).toHaveLength(2);
  });
});

function other(status: NonNullable<Parameters<typeof repairRun>[0]>['status'] & object) {
  return repairRun({ metadata: { name: 'other', uid: 'uid-9' }, status });
}

describe('a run that is refused before anything is changed', () => {
  it.each<[string, (bench: RepairBench) => void, RegExp]>([
    [
      'by what it finds',
      ({ world }) => void (world.answers.plan = { is: 'refused', reason: 'An HPA web owns the replicas.' }),
      /HPA web owns/,
    ],
    ['by the dry run', ({ world }) => void (world.answers.dryRun = 'A LimitRange forbids it.'), /LimitRange forbids/],
    [
      'by an admission webhook',
      ({ world }) => void (world.answers.dryRun = new PortError('rejected', 'denied by policy x')),
      /denied by policy x/,
    ],
    [
      'by an admission webhook, at last',
      ({ world }) => void (world.answers.carryOut = new PortError('rejected', 'denied by policy x')),
      /denied by policy x/,
    ],
    [
      'by whoever carries it out',
      ({ world }) => void (world.answers.carryOut = { is: 'refused', reason: 'It was scaled meanwhile.' }),
      /scaled meanwhile/,
    ],
  ])('fails, says why and teaches nothing: %s', async (_, given, message) => {
    const bench = await approved();
    given(bench);
    const status = await bench.toEnd();
    expect([status.phase, bench.reason(), status.learned]).toEqual(['Failed', 'StepRefused', undefined]);
    expect(status.message).toMatch(message);
    expect(bench.world.recorded).toEqual([]);
  });

  it('is never retried for ever: what no budget allows is given up after the window', async () => {
    const bench = await approved();
    bench.world.answers.carryOut = { is: 'waiting', reason: 'A PodDisruptionBudget allows no eviction.', retryAfterMs: 30_000 };
    await bench.settle();
    expect([bench.reason(), bench.condition('Reconciling')?.message]).toEqual(['Waiting', 'A PodDisruptionBudget allows no eviction.']);
    const status = await bench.toEnd();
    expect([status.phase, bench.reason(), bench.world.recorded]).toEqual(['Unknown', 'StepSkipped', []]);
  });
});

describe('a run that is under way', () => {
  const two = { steps: [RESTART, SCALE] };

  it.each<[string, (bench: RepairBench) => void, string]>([
    ['suspended', bench => bench.put(repairPlaybook({ spec: { ...two, suspend: true } })), 'PlaybookSuspended'],
    ['changed', bench => bench.put(repairPlaybook({ status: { hash: 'another' } })), 'PlaybookChanged'],
    ['deleted', ({ world }) => world.books.clear(), 'PlaybookDeleted'],
  ])('ends what it is at, and begins nothing more, when its playbook is %s', async (_, happens, reason) => {
    const bench = new RepairBench();
    bench.put(repairPlaybook({ spec: two }), repairRun({ spec: two }));
    await bench.settle();
    bench.approve();
    bench.world.workload = { is: 'progressing', detail: '1 of 2' };
    await bench.settle();
    happens(bench);
    await bench.settle();
    expect(bench.status().phase).toBe('Running');
    bench.world.workload = { is: 'available', detail: '2 of 2' };
    const status = await bench.toEnd();
    expect([status.phase, bench.reason()]).toEqual(['Unknown', reason]);
    expect(status.message).toMatch(/1 of 2 steps were done, and stay/);
    expect(bench.world.done).toHaveLength(1);
    expect(bench.world.recorded).toEqual([]);
  });

  it('begins no further step while all repairs are paused', async () => {
    const bench = new RepairBench();
    bench.put(repairPlaybook({ spec: two }), repairRun({ spec: two }));
    await bench.settle();
    bench.approve();
    bench.world.workload = { is: 'progressing', detail: '' };
    await bench.settle();
    bench.world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    bench.world.workload = { is: 'available', detail: '' };
    bench.passes(2_000);
    await bench.settle();
    expect([bench.world.done.length, bench.status().phase, bench.reason()]).toEqual([1, 'Running', 'Paused']);
    bench.world.pauses = [];
    await bench.settle();
    expect(bench.world.done).toHaveLength(2);
  });

  it.each<[string, (bench: RepairBench) => void, (bench: RepairBench) => void, string]>([
    [
      'all repairs are paused',
      ({ world, now }) => void (world.pauses = [{ by: 'ann', reason: 'release', since: now }]),
      ({ world }) => void (world.pauses = []),
      'Paused',
    ],
    [
      'the namespace is closed',
      ({ world }) => void (world.enabled = false),
      ({ world }) => void (world.enabled = true),
      'NamespaceNotEnabled',
    ],
  ])('does not do what is only recorded while %s, and not at all once it is too late', async (_, hold, letGo, reason) => {
    const recorded = await approved();
    await recorded.turn();
    expect(recorded.status().steps?.[0]?.intent).toBeDefined();
    hold(recorded);
    recorded.restart();
    await recorded.settle();
    expect([recorded.status().phase, recorded.reason(), recorded.world.done.length]).toEqual(['Running', reason, 0]);
    letGo(recorded);
    await recorded.settle();
    expect(recorded.world.done).toHaveLength(1);

    const late = await approved();
    await late.turn();
    hold(late);
    const { phase } = await late.toEnd();
    expect([phase, late.reason(), late.world.done, late.world.recorded]).toEqual(['Unknown', 'StepSkipped', [], []]);
  });

  it('waits for a right that it lost between record and deed, and does it once it has that again', async () => {
    const bench = await approved();
    bench.world.answers.carryOut = FORBIDDEN;
    await bench.settle();
    expect([bench.status().phase, bench.reason(), bench.condition('Stalled')?.reason]).toEqual(['Running', 'Forbidden', 'Forbidden']);
    expect(bench.condition('Stalled')?.message).toMatch(/kubectl apply -k config\/repair -n shop/);
    expect([bench.status().steps?.[0]?.deed, bench.world.done]).toEqual([undefined, []]);
    bench.world.answers = {};
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });

  it.each<[string, RepairBench['world']['workload'], string, string]>([
    ['its rollout does not come to its end', { is: 'progressing', detail: 'ImagePullBackOff' }, 'Failed', 'StepFailed'],
    ['its rollout is paused', { is: 'paused', detail: 'spec.paused is true' }, 'Failed', 'StepFailed'],
    ['its target is deleted', { is: 'gone', detail: 'There is no Deployment web.' }, 'Unknown', 'StepUnknown'],
    ['its target can no longer be read', new PortError('forbidden', 'no'), 'Unknown', 'StepUnknown'],
  ])('ends when %s', async (_, workload, phase, reason) => {
    const bench = await approved();
    bench.world.workload = workload;
    const status = await bench.toEnd();
    expect([status.phase, bench.reason()]).toEqual([phase, reason]);
    expect(bench.world.recorded.length).toBe(phase === 'Failed' ? 1 : 0);
  });
});
