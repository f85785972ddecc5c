import { describe, expect, it } from 'vitest';
import { PlaybookBench, type Reported } from '../../../test/builders/playbook-bench.ts';
import { ran } from '../../../test/builders/playbook-record.ts';
import { playbookReconciler } from './reconcile.ts';

const BY_ALERT = { spec: { match: { alertname: 'HighLatency' } } };

function reported(bench: PlaybookBench, count: number): Reported[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `outcome-${count - n}`,
    anomalyKey: 'v1-7000000000000000',
    action: 'restart_pod',
    success: true,
    by: 'runbook',
    at: new Date(bench.now.getTime() - n * 1_000),
  }));
}

/** What verified outcomes of restart_pod have shown: of the class of this playbook, which are all there are. */
function totalsOf(bench: PlaybookBench, successes: number, failures: number): void {
  const known = { action: 'restart_pod', verified: { successes, failures, asOf: bench.now } };
  bench.totals = [known, { ...known, anomalyClass: 'HighLatency/Deployment' }];
}

it('fresh: judges it, and shows what it is', async () => {
  const bench = new PlaybookBench(BY_ALERT);
  await bench.turn();
  const { status } = bench.playbook;
  expect(status).toMatchObject({ trust: 'Candidate', observedGeneration: 1, stats: { attempts: 0, successRate: 0, lastOutcomes: [] } });
  expect(status?.hash).toMatch(/^[0-9a-f]{16}$/);
  expect(['Ready', 'Trusted', 'Quarantined'].map(type => bench.shown(type))).toEqual([
    'True AsksForApproval',
    'False TooFewRuns',
    'False NotQuarantined',
  ]);
});

it('steady: writes nothing more, though proof fades, until it no longer is one', async () => {
  const bench = new PlaybookBench(BY_ALERT);
  bench.runs = ran(9, true);
  await bench.turn();
  expect(bench.playbook.status?.trust).toBe('Trusted');
  for (let looks = 0; looks < 100; looks += 1) {
    bench.wait(600);
    await bench.turn();
  }
  expect([bench.writes, bench.playbook.status?.trust]).toEqual([1, 'Trusted']);
  bench.wait(60 * 86_400);
  await bench.turn();
  expect([bench.playbook.status?.trust, bench.shown('Trusted')]).toEqual(['Candidate', 'False TooFewRuns']);
  expect(bench.playbook.status?.stats?.effectiveN).toBeLessThan(5);
  expect(bench.events.map(({ reason }) => reason)).toEqual(['Trusted', 'NoLongerTrusted']);
});

describe('outcomes', () => {
  it('move its figures at most once in 30 s, however many come and however often it is looked at', async () => {
    const bench = new PlaybookBench(BY_ALERT);
    await bench.turn();
    const waits: (number | undefined)[] = [];
    for (let second = 1; second <= 90; second += 1) {
      bench.wait(1);
      bench.runs = [[true, -second / 3_600], ...bench.runs];
      waits.push((await bench.turn()).requeueAfterMs);
    }
    expect(waits.slice(0, 30)).toEqual([...Array.from({ length: 29 }, (_, n) => (29 - n) * 1_000), undefined]);
    expect([bench.writes, bench.playbook.status?.stats?.attempts]).toEqual([4, 90]);
  });

  it('that were reported are shown of a playbook for one anomaly, and prove nothing', async () => {
    const bench = new PlaybookBench();
    bench.reported = reported(bench, 12);
    await bench.turn();
    const { stats, trust } = bench.playbook.status ?? {};
    expect(stats).toMatchObject({ attempts: 12, successes: 12, avgExecutionSeconds: 20, effectiveN: 0 });
    expect([stats?.lastOutcomes.length, stats?.lastOutcomes[0]?.run, trust]).toEqual([10, 'outcome-12', 'Candidate']);
  });

  it('of a run bear its name', async () => {
    const bench = new PlaybookBench();
    const [outcome] = reported(bench, 1);
    const verified = { anomalyClass: 'HighLatency/Deployment', playbook: { ...bench.playbook.metadata, steps: 's' } };
    bench.reported = outcome ? [{ ...outcome, by: 'shop/restart-api-x7', verified }] : [];
    await bench.turn();
    expect(bench.playbook.status?.stats?.lastOutcomes[0]?.run).toBe('restart-api-x7');
  });

  it('are those of the anomaly that it is for now, though there are just as many', async () => {
    const bench = new PlaybookBench();
    bench.reported = reported(bench, 3);
    await bench.turn();
    bench.wait(1);
    bench.change({ spec: { match: { anomalyKey: 'v1-7000000000000001' } } });
    bench.reported = reported(bench, 3).map(one => ({ ...one, id: `other-${one.id}`, anomalyKey: 'v1-7000000000000001' }));
    await bench.turn();
    expect(bench.playbook.status?.stats?.lastOutcomes.map(({ run }) => run)).toEqual([
      'other-outcome-3',
      'other-outcome-2',
      'other-outcome-1',
    ]);
  });

  it('are read one by one only where there are new ones', async () => {
    const bench = new PlaybookBench();
    bench.reported = reported(bench, 3);
    await bench.turn();
    const [reads] = [bench.reads, (bench.reads = 0)];
    bench.wait(600);
    await bench.turn();
    expect([reads, bench.reads]).toEqual([3, 2]);
  });
});

async function quarantined(): Promise<PlaybookBench> {
  const bench = new PlaybookBench(BY_ALERT);
  bench.runs = [...ran(3, false), ...ran(7, true, 4)];
  await bench.turn();
  return bench;
}

describe('other steps', () => {
  const scaled = { steps: [{ action: 'scale_up', target: { kind: 'Deployment', name: 'api' }, parameters: { by: 1, maxReplicas: 3 } }] };

  it('have yet to prove themselves, and the former ones have, once they are back', async () => {
    const bench = new PlaybookBench(BY_ALERT);
    const { steps } = bench.playbook.spec;
    bench.runs = ran(9, true);
    await bench.turn();
    expect(bench.playbook.status?.trust).toBe('Trusted');
    bench.change({ spec: scaled });
    await bench.turn();
    expect(bench.playbook.status).toMatchObject({ trust: 'Candidate', stats: { attempts: 0, effectiveN: 0, lastOutcomes: [] } });
    bench.change({ spec: { steps } });
    await bench.turn();
    expect(bench.playbook.status).toMatchObject({ trust: 'Trusted', stats: { attempts: 9 } });
  });

  it('are no way out of a quarantine', async () => {
    const bench = await quarantined();
    bench.change({ spec: scaled });
    await bench.turn();
    expect(bench.shown('Quarantined')).toBe('True ThreeFailuresInARow');
  });

  it('are none where only the terms are others', async () => {
    const bench = new PlaybookBench(BY_ALERT);
    bench.runs = ran(9, true);
    bench.change({ spec: { limits: { maxPerHour: 1 }, description: 'Restarts it.', verify: { window: '1m' } } });
    await bench.turn();
    expect(bench.playbook.status?.trust).toBe('Trusted');
  });
});

it.each([
  [40, 0, 'True Proven'],
  [0, 40, 'False TooUncertain'],
])(
  'is trusted the sooner by what the action did for others of its class: with %i successes and %i failures %s',
  async (good, bad, trusted) => {
    const bench = new PlaybookBench(BY_ALERT);
    bench.runs = [...ran(3, true), [false, 4], ...ran(2, true, 5)];
    totalsOf(bench, good + 5, bad + 1);
    await bench.turn();
    expect(bench.shown('Trusted')).toBe(trusted);
  },
);

describe('a quarantine', () => {
  it('stands in the conditions and in one event', async () => {
    const bench = await quarantined();
    bench.wait(600);
    await bench.turn();
    expect(['Ready', 'Quarantined', 'Stalled'].map(type => bench.shown(type))).toEqual([
      'False Quarantined',
      'True ThreeFailuresInARow',
      'True Quarantined',
    ]);
    expect([bench.events.map(({ reason }) => reason), bench.writes]).toEqual([['Quarantined'], 1]);
  });

  it('is shown at once, however young the figures are: what may run by itself is told by what is shown', async () => {
    const bench = new PlaybookBench(BY_ALERT);
    bench.runs = ran(9, true);
    await bench.turn();
    expect(bench.playbook.status?.trust).toBe('Trusted');
    bench.wait(1);
    bench.runs = [[false, 0], [false, 0.1], [false, 0.2], ...bench.runs];
    await bench.turn();
    expect([bench.playbook.status?.trust, bench.playbook.status?.stats?.attempts, bench.writes]).toEqual(['Quarantined', 12, 2]);
    bench.wait(1);
    bench.runs = [[false, -0.001], ...bench.runs];
    expect(await bench.turn()).toEqual({ requeueAfterMs: 29_000 });
  });

  it('is not ended by another spec, by success or by time', async () => {
    const bench = await quarantined();
    bench.change({ spec: { mode: 'Suggest' } });
    bench.runs = [...ran(20, true, 0.1), ...bench.runs];
    bench.wait(86_400);
    await bench.turn();
    expect([bench.playbook.status?.trust, bench.shown('Quarantined')]).toEqual(['Quarantined', 'True ThreeFailuresInARow']);
  });

  it('ends by a new value of the annotation, at once and once', async () => {
    const bench = await quarantined();
    bench.wait(1);
    bench.change({ annotations: { 'awoooi.io/end-quarantine': 'monday' } });
    await bench.turn();
    const { status } = bench.playbook;
    expect(status).toMatchObject({ trust: 'Trusted', lastHandledRelease: 'monday', releasedAt: bench.now.toISOString() });
    expect([bench.shown('Ready'), bench.shown('Stalled')]).toEqual(['True AsksForApproval', 'none']);
    expect(bench.events.map(({ reason }) => reason)).toEqual(['Quarantined', 'QuarantineEnded', 'Trusted']);
    bench.wait(600);
    bench.runs = [...ran(3, false, 0.05).map(([success], n) => [success, -0.15 + n * 0.01] as const), ...bench.runs];
    await bench.turn();
    expect([bench.playbook.status?.trust, bench.playbook.status?.releasedAt]).toEqual(['Quarantined', status?.releasedAt]);
  });
});

it('released: what a person has forgiven comes back by no prior', async () => {
  const bench = new PlaybookBench(BY_ALERT);
  bench.runs = [...ran(3, false), ...ran(6, true, 4)];
  totalsOf(bench, 6, 3);
  await bench.turn();
  expect(bench.playbook.status?.trust).toBe('Quarantined');
  bench.change({ annotations: { 'awoooi.io/end-quarantine': 'monday' } });
  await bench.turn();
  expect([bench.playbook.status?.trust, bench.playbook.status?.stats?.lowerBound]).toEqual(['Trusted', expect.closeTo(0.65, 2)]);
});

it('suspended: is not ready, and goes on to learn', async () => {
  const bench = new PlaybookBench({ spec: { ...BY_ALERT.spec, suspend: true } });
  bench.runs = ran(9, true);
  await bench.turn();
  expect([bench.shown('Ready'), bench.playbook.status?.trust]).toEqual(['False Suspended', 'Trusted']);
  bench.change({ spec: { suspend: false } });
  bench.wait(1);
  await bench.turn();
  expect([bench.shown('Ready'), bench.playbook.status?.observedGeneration]).toEqual(['True AsksForApproval', 2]);
});

it('says of a spec that is not valid what is wrong, and keeps what it knew', async () => {
  const bench = new PlaybookBench(BY_ALERT);
  bench.runs = ran(9, true);
  await bench.turn();
  const context = { signal: new AbortController().signal, now: () => bench.now, priority: 'normal' as const, fence: () => {} };
  const outcome = await playbookReconciler(bench.deps)({ ...bench.playbook, spec: { match: {}, steps: [] } }, context);
  expect(outcome.conditions?.['Ready']).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
  expect(outcome.conditions?.['Stalled']?.message).toContain('spec.steps');
  expect(outcome.status).toEqual({});
});

it.each(['awoooi.io/requested-at', 'reconcile.fluxcd.io/requestedAt'])(
  'asked by %s it shows the newest figures at once',
  async annotation => {
    const bench = new PlaybookBench(BY_ALERT);
    await bench.turn();
    bench.wait(5);
    bench.runs = ran(2, true, 0);
    bench.change({ annotations: { [annotation]: 'now' } });
    await bench.turn();
    const { stats, lastHandledReconcileAt, lastHandledRequest } = bench.playbook.status ?? {};
    expect([stats?.attempts, lastHandledReconcileAt ?? lastHandledRequest]).toEqual([2, 'now']);
  },
);

describe('while the store is away', () => {
  it('what is shown stays as it is, and is looked at again', async () => {
    const bench = new PlaybookBench(BY_ALERT);
    bench.runs = ran(9, true);
    await bench.turn();
    bench.isAway = true;
    bench.wait(600);
    expect(await bench.turn()).toEqual({ undecided: true, requeueAfterMs: 60_000 });
    expect([bench.writes, bench.shown('Ready')]).toEqual([1, 'True AsksForApproval']);
  });

  it.each([
    ['a playbook that is new', false],
    ['one that was changed', true],
  ])('%s says so', async (_, isKnown) => {
    const bench = new PlaybookBench(BY_ALERT);
    if (isKnown) await bench.turn();
    if (isKnown) bench.change({ spec: { mode: 'Suggest' } });
    bench.isAway = true;
    await expect(bench.turn()).rejects.toThrow('Redis does not answer');
  });
});

it('deleting: does nothing', async () => {
  const bench = new PlaybookBench({ metadata: { deletionTimestamp: '2026-03-29T12:00:00Z' } });
  const context = { signal: new AbortController().signal, now: () => bench.now, priority: 'normal' as const, fence: () => {} };
  expect(await playbookReconciler(bench.deps)(bench.playbook, context)).toEqual({});
  expect(bench.reads).toBe(0);
});
