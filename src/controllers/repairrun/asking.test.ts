import { describe, expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import {
  ANOMALY,
  BY_HAND,
  ISSUE,
  playbookOfRun,
  repairPlaybook,
  repairRun,
  RESTART,
  type RunParts,
  TELL,
} from '../../../test/builders/known-run.ts';
import type { ApprovalEntry } from '../../crds/repairrun/spec.ts';
import { PortError } from '../../domain/ports/port-error.ts';

async function asking(spec: RunParts['spec'] = {}): Promise<RepairBench> {
  const bench = new RepairBench();
  const run = repairRun({ spec });
  bench.put(playbookOfRun(run), run);
  await bench.settle();
  return bench;
}

const kubectl = (bench: RepairBench, ...approvals: ApprovalEntry[]): void =>
  bench.edit(run => ({ ...run, spec: { ...run.spec, approvals: [...run.spec.approvals, ...approvals] } }));

async function withPeople(...steps: NonNullable<RunParts['spec']>['steps'] & object): Promise<RepairBench> {
  const bench = await asking({ steps: steps.length > 0 ? steps : [BY_HAND] });
  bench.approve();
  await bench.settle();
  return bench;
}

const answers = (bench: RepairBench, helped: boolean): void =>
  bench.edit(run => {
    const answer = { by: 'ann', helped, time: bench.now.toISOString() };
    return { ...run, status: { ...run.status, steps: (run.status?.steps ?? []).map(step => ({ ...step, answer })) } };
  });

async function tried(spec: NonNullable<RunParts['spec']>, given?: (bench: RepairBench) => void): Promise<RepairBench> {
  const bench = new RepairBench({ execution: false });
  bench.put(repairPlaybook(), repairRun({ spec }));
  given?.(bench);
  await bench.settle();
  return bench;
}

describe('approval', () => {
  it('by kubectl is recorded with who and when', async () => {
    const bench = await asking();
    bench.passes(60_000);
    kubectl(bench, { by: 'mei', decision: 'Approve', reason: 'known' });
    await bench.settle();
    expect(bench.status().approvals).toEqual([
      { by: 'mei', via: 'kubernetes', decision: 'Approve', reason: 'known', time: '2026-01-01T00:01:00.000Z' },
    ]);
    expect(bench.world.done).toHaveLength(1);
  });

  it('is waited for until the quorum is there', async () => {
    const bench = await asking({ approval: { approvers: [], quorum: 2, expiresAfter: '30m' } });
    bench.approve('ann');
    await bench.settle();
    expect([bench.world.done.length, bench.condition('Ready')?.message]).toEqual([0, 'It waits for approval: 1 of 2.']);
    kubectl(bench, { by: 'mei', decision: 'Approve' });
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });

  it('is ended by the first rejection', async () => {
    const bench = await asking();
    kubectl(bench, { by: 'mei', decision: 'Reject', reason: 'not during the sale' });
    const { phase, message } = await bench.toEnd();
    expect([phase, message]).toEqual(['Rejected', 'mei rejected it: not during the sale']);
    expect([bench.world.done, bench.world.recorded]).toEqual([[], []]);
  });

  it('of a stranger counts for nothing, and the run says so', async () => {
    const bench = await asking({ approval: { approvers: ['ann'], quorum: 1, expiresAfter: '30m' } });
    kubectl(bench, { by: 'mallory', decision: 'Approve' });
    await bench.settle();
    expect(bench.condition('Ready')?.message).toMatch(/mallory is not among/);
    expect((await bench.toEnd()).phase).toBe('Expired');
    expect(bench.world.done).toEqual([]);
  });

  it('twice by the same person runs it once', async () => {
    const bench = await asking();
    bench.approve('mei');
    kubectl(bench, { by: 'mei', decision: 'Approve' });
    await bench.settle();
    await bench.settle();
    expect(bench.world.done).toHaveLength(1);
  });

  it('that comes late counts for nothing, and the run says so once', async () => {
    const bench = await asking();
    expect((await bench.toEnd()).phase).toBe('Expired');
    kubectl(bench, { by: 'mei', decision: 'Approve' });
    await bench.settle();
    await bench.settle();
    expect([bench.status().phase, bench.status().late, bench.world.done]).toEqual(['Expired', ['mei'], []]);
    expect(bench.events.filter(({ reason }) => reason === 'DecisionTooLate')).toHaveLength(1);
  });

  it('is not lengthened by a clock that is set back, nor given by one that is set forward', async () => {
    const bench = await asking();
    bench.passes(29 * 60_000);
    bench.approve();
    bench.world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    await bench.settle();
    bench.now = new Date('2025-12-31T00:00:00Z');
    await bench.settle();
    bench.world.pauses = [];
    bench.now = new Date('2026-01-02T00:00:00Z');
    await bench.settle();
    expect([bench.status().phase, bench.world.done]).toEqual(['Expired', []]);
    bench.now = new Date('2026-01-01T00:01:00Z');
    await bench.settle();
    expect([bench.status().phase, bench.world.done]).toEqual(['Expired', []]);
  });
});

describe('a playbook that was changed while the run waited', () => {
  const changed = repairPlaybook({
    status: { hash: 'fedcba9876543210' },
    spec: { steps: [{ ...RESTART, target: { kind: 'Deployment', name: 'api' } }] },
  });

  it('is asked for again by a new run, and the old one is void, approved or not', async () => {
    const bench = await asking();
    kubectl(bench, { by: 'mei', decision: 'Approve' });
    bench.put(changed);
    await bench.settle();
    expect([bench.status().phase, bench.reason(), bench.world.done]).toEqual(['Expired', 'PlaybookChanged', []]);
    const next = bench.run('shop/restart-web-1-fedcba');
    expect(next.spec).toMatchObject({ playbookHash: 'fedcba9876543210', approvals: [], steps: changed.spec.steps });
    await bench.settle('shop/restart-web-1-fedcba');
    expect(bench.reason('shop/restart-web-1-fedcba')).toBe('AwaitingApproval');
  });

  it('is not void before the new run is there', async () => {
    const bench = await asking();
    bench.put(changed);
    bench.world.away = { creating: new PortError('unavailable', 'the API server is away') };
    await bench.settle();
    expect([bench.status().phase, bench.reason()]).toEqual(['AwaitingApproval', 'Unavailable']);
    bench.world.away = {};
    await bench.settle();
    expect([bench.status().phase, bench.world.stored.size]).toEqual(['Expired', 2]);
  });

  it('is not asked for again once it is suspended', async () => {
    const bench = await asking();
    bench.put({ ...changed, spec: { ...changed.spec, suspend: true } });
    await bench.settle();
    expect([bench.status().phase, bench.world.stored.size]).toEqual(['Expired', 1]);
  });
});

describe('what people are asked to do', () => {
  it('is told once, and the run waits for their word', async () => {
    const bench = await withPeople();
    await bench.settle();
    expect(bench.world.told).toMatchObject([{ step: 0, action: 'manual_intervention', text: 'Swap the disk.', incidentId: 'inc-1' }]);
    expect(bench.reason()).toBe('WaitingForPeople');
    expect(bench.world.incident.get('shop/restart-web-1')?.waitsFor).toBe('people');
  });

  it('is judged by the alert once it is done: nobody says for it that it helped', async () => {
    const bench = await withPeople();
    answers(bench, true);
    await bench.settle();
    expect(bench.status().phase).toBe('Verifying');
    expect((await bench.toEnd()).phase).toBe('Failed');
  });

  it('has failed where a person says so', async () => {
    const bench = await withPeople();
    answers(bench, false);
    const { phase, message } = await bench.toEnd();
    expect([phase, bench.reason(), message]).toEqual(['Failed', 'DidNotHelp', expect.stringContaining('ann says that it did not help')]);
    expect(bench.world.recorded[0]).toMatchObject({ success: false });
    expect(bench.world.recorded[0]).not.toHaveProperty('verified');
  });

  it('is not waited for for ever', async () => {
    const bench = await withPeople();
    bench.passes(7 * 24 * 3_600_000);
    expect((await bench.toEnd()).phase).toBe('Unknown');
  });
});

describe('what people are only told', () => {
  it('is done with the telling, each once and in turn, and nobody is waited for', async () => {
    const bench = await withPeople(TELL, ISSUE);
    await bench.settle();
    expect(bench.world.told).toMatchObject([
      { step: 0, action: 'notify_team', text: 'The disk is full.', playbook: 'restart-web', incidentId: 'inc-1' },
      { step: 1, action: 'create_issue', text: 'Please see to it (create_issue).' },
    ]);
    const { phase, steps } = bench.status();
    const time = bench.now.toISOString();
    expect([phase, steps]).toMatchObject([
      'Verifying',
      [0, 1].map(index => ({ index, effectTime: time, deed: { time, result: 'Done', detail: 'It was sent.' } })),
    ]);
  });

  it('comes before what they are asked for', async () => {
    const bench = await withPeople(TELL, BY_HAND);
    expect(bench.world.told.map(({ action }) => action)).toEqual(['notify_team', 'manual_intervention']);
    expect([bench.status().phase, bench.reason()]).toEqual(['Running', 'WaitingForPeople']);
    expect(bench.status().steps).toMatchObject([{ deed: { result: 'Done' } }, { effectTime: expect.any(String) }]);
    expect(bench.status().steps?.[1]).not.toHaveProperty('deed');
  });
});

describe('a run that does nothing', () => {
  it('tries every step, with execution off too, and says what each would do', async () => {
    const bench = await tried({ dryRun: true });
    expect([bench.status().phase, bench.reason(), bench.condition('Ready')?.status, bench.world.done]).toEqual([
      'DryRun',
      'DryRun',
      'True',
      [],
    ]);
    expect(bench.status().steps?.[0]?.deed?.detail).toBe('Would be done: restart_pod Deployment/web');
  });

  it.each<[string, (bench: RepairBench) => void, RegExp]>([
    ['by what it finds', ({ world }) => void (world.answers.plan = { is: 'refused', reason: 'An HPA owns the replicas.' }), /An HPA owns/],
    ['for want of a right', ({ world }) => void (world.answers.dryRun = new PortError('forbidden', 'no')), /config\/repair/],
  ])('says what would be refused %s', async (_, given, message) => {
    const bench = await tried({ dryRun: true }, given);
    expect([bench.status().phase, bench.reason()]).toEqual(['DryRun', 'WouldBeRefused']);
    expect(bench.status().message).toMatch(message);
  });

  it('is compared with what people did, where the mode is Shadow', async () => {
    const bench = await tried({ mode: 'Shadow' });
    expect(bench.status().comparison).toEqual({ proposed: 'restart_pod' });
    bench.passes(60_000);
    bench.world.reported.push({ id: '1', anomalyKey: ANOMALY, action: 'rollback', success: true, by: 'bot', at: bench.now });
    bench.passes(600_000);
    expect(await bench.settle()).toBeUndefined();
    expect(bench.status().comparison).toEqual({
      proposed: 'restart_pod',
      done: 'rollback',
      same: false,
      succeeded: true,
      comparedAt: '2026-01-01T00:11:00.000Z',
    });
    expect([bench.world.done, bench.world.recorded]).toEqual([[], []]);
  });

  it('is compared with the run that a person approved beside it, once that has ended', async () => {
    const bench = new RepairBench();
    bench.put(repairPlaybook(), repairRun({ spec: { mode: 'Shadow' } }));
    await bench.settle();
    const beside = repairRun({ metadata: { name: 'beside', uid: 'uid-2' }, spec: { playbookRef: { name: 'other' } } });
    bench.put(playbookOfRun(beside, { metadata: { name: 'other' } }), beside);
    await bench.settle('shop/beside');
    bench.passes(60_000);
    bench.approve('mei@example.com', 'shop/beside');
    await bench.settle('shop/beside');
    bench.passes(1_000);
    bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: 'It resolved.' };
    await bench.settle('shop/beside');
    bench.passes(540_000);
    expect(await bench.settle()).toBe(30_000);
    expect(bench.status().comparison).toEqual({ proposed: 'restart_pod', done: 'restart_pod', same: true });
    expect((await bench.toEnd('shop/beside')).phase).toBe('Succeeded');
    expect(await bench.settle()).toBeUndefined();
    expect(bench.status().comparison).toMatchObject({ done: 'restart_pod', same: true, succeeded: true, comparedAt: expect.any(String) });
  });

  it('is compared once the store answers', async () => {
    const bench = await tried({ mode: 'Shadow' }, ({ world }) => void (world.away = { learning: new PortError('unavailable', 'Redis') }));
    bench.passes(700_000);
    expect(await bench.settle()).toBe(30_000);
    bench.world.away = {};
    await bench.settle();
    expect(bench.status().comparison?.comparedAt).toBe('2026-01-01T00:11:40.000Z');
  });
});
