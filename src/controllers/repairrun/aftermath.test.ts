import { describe, expect, it } from 'vitest';
import { RepairBench } from '../../../test/builders/repair-bench.ts';
import {
  type PlaybookParts,
  playbookOfRun,
  repairPlaybook,
  repairRun,
  RESTART,
  type RunParts,
  SCALE,
} from '../../../test/builders/known-run.ts';
import { PortError } from '../../domain/ports/port-error.ts';

const AWAY = new PortError('unavailable', 'Redis does not answer');

/** A run whose step was done, and that is watched. */
async function watched(
  spec: RunParts['spec'] = {},
  playbook: PlaybookParts = {},
  bench: RepairBench = new RepairBench(),
): Promise<RepairBench> {
  const run = repairRun({ spec });
  bench.put(playbookOfRun(run, playbook), run);
  await bench.settle();
  bench.approve();
  await bench.settle();
  return bench;
}

function resolves(bench: RepairBench): void {
  bench.passes(1_000);
  bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: 'It resolved.' };
}

const shown = (bench: RepairBench) => bench.world.incident.get('shop/restart-web-1')?.phase;

const old = (name: string, learned?: boolean) =>
  repairRun({
    metadata: { name, uid: name },
    status: { phase: 'Failed', finishedAt: `2025-12-0${name}T00:00:00.000Z`, ...(learned !== undefined && { learned }) },
  });

describe('what a run has taught', () => {
  it('is recorded after its end where the store was away, and not twice', async () => {
    const bench = await watched();
    bench.world.away = { learning: AWAY };
    resolves(bench);
    const { phase, learned } = await bench.toEnd();
    expect([phase, learned, bench.reason()]).toEqual(['Succeeded', false, 'Resolved']);
    bench.world.away = {};
    await bench.settle();
    await bench.settle();
    expect([bench.status().learned, bench.world.recorded.length]).toEqual([true, 1]);
  });

  it.each([
    ['whose rule is gone', undefined, 'RuleGone'],
    ['whose rule is there', { forMs: 0, intervalMs: 60_000 }, 'Resolved'],
  ])('is, of an alert %s at the end, no more than that shows', async (_, timing, reason) => {
    const bench = new RepairBench();
    bench.world.rule = AWAY;
    await watched({}, {}, bench);
    expect(bench.status().verification?.ruleSeen).toBeUndefined();
    bench.world.rule = { forMs: 0, intervalMs: 60_000 };
    bench.passes(10_000);
    await bench.settle();
    expect(bench.status().verification?.ruleSeen).toBe(true);
    bench.world.rule = undefined;
    resolves(bench);
    bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: '', ...(timing && { timing }) };
    await bench.toEnd();
    expect([bench.reason(), bench.world.recorded.length]).toEqual([reason, timing ? 1 : 0]);
  });

  it('is nothing where nobody can say', async () => {
    const bench = await watched();
    resolves(bench);
    bench.world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'unheard', detail: '' };
    const { phase, learned } = await bench.toEnd();
    expect([phase, learned, bench.world.recorded]).toEqual(['Unknown', undefined, []]);
  });

  it('is that it failed, where the alert fired again in the quiet time', async () => {
    const bench = await watched();
    resolves(bench);
    await bench.settle();
    expect(bench.status().verification?.quietUntil).toBe('2026-01-01T00:10:01.000Z');
    bench.passes(60_000);
    bench.world.testimony = { alert: 'firing', lastFiredAt: bench.now, chain: 'alive', detail: 'It fires.' };
    expect((await bench.toEnd()).phase).toBe('Failed');
    expect(bench.world.recorded).toMatchObject([{ id: 'uid-1', success: false }]);
  });

  it('waits for a witness that cannot be asked, and gives up in the end', async () => {
    const bench = await watched();
    bench.world.testimony = AWAY;
    await bench.settle();
    expect([bench.status().phase, bench.reason()]).toEqual(['Verifying', 'Unavailable']);
    const { phase } = await bench.toEnd();
    expect([phase, bench.reason(), bench.world.recorded]).toEqual(['Unknown', 'NoTestimony', []]);
  });

  it('is nothing of a run without an incident', async () => {
    const { incidentId: _, ...spec } = repairRun().spec;
    const bench = new RepairBench();
    bench.put(repairPlaybook(), { ...repairRun(), spec });
    await bench.settle();
    bench.approve();
    expect((await bench.toEnd()).phase).toBe('Unknown');
    expect(bench.reason()).toBe('NoIncident');
  });
});

describe('a run that failed with onFailure Rollback', () => {
  const spec = { steps: [RESTART, SCALE], onFailure: 'Rollback' as const };

  it('takes its changes back, the last one first, and records each', async () => {
    const bench = await watched(spec);
    const { phase, steps, message } = await bench.toEnd();
    expect([phase, steps?.map(({ undone }) => undone?.result)]).toEqual(['Failed', ['Done', 'Done']]);
    expect(bench.world.undone.map(({ step }) => step)).toEqual([1, 0]);
    expect(message).toMatch(/2 of its changes were taken back/);
  });

  it.each<[string, NonNullable<RepairBench['world']['answers']['undo']>, string]>([
    ['is refused', { is: 'refused', reason: 'Somebody has changed it since.' }, 'Refused'],
    ['is forbidden', new PortError('forbidden', 'no'), 'Failed'],
    ['is denied', new PortError('rejected', 'no'), 'Failed'],
    ['is never possible', { is: 'waiting', reason: 'A rollout is paused.', retryAfterMs: 60_000 }, 'Failed'],
    ['gets no answer', new PortError('unreachable', 'no'), 'Failed'],
  ])('ends all the same where that %s', async (_, undo, result) => {
    const bench = await watched(spec);
    bench.world.answers.undo = undo;
    const { phase, steps, message } = await bench.toEnd();
    expect([phase, steps?.map(({ undone }) => undone?.result)]).toEqual(['Failed', [result, result]]);
    expect(message).toMatch(/2 could not be taken back/);
  });

  it('takes nothing back while all repairs are paused', async () => {
    const bench = await watched(spec);
    bench.world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    const { phase, steps } = await bench.toEnd();
    expect([phase, steps?.map(({ undone }) => undone?.result)]).toEqual(['Failed', ['Skipped', 'Skipped']]);
    expect(bench.world.undone).toEqual([]);
  });

  it('keeps them where it helped', async () => {
    const bench = await watched(spec);
    resolves(bench);
    await bench.toEnd();
    expect(bench.world.undone).toEqual([]);
  });
});

describe('the incident', () => {
  it('shows each state of the run that lasts', async () => {
    const bench = await watched();
    expect(shown(bench)).toBe('Verifying');
    resolves(bench);
    await bench.toEnd();
    expect(shown(bench)).toBe('Succeeded');
  });

  it('does not hold the run up while its store is away, and shows how it stands afterwards', async () => {
    const bench = new RepairBench();
    bench.put(repairPlaybook(), repairRun());
    await bench.turn();
    bench.world.away = { incidents: AWAY };
    expect(await bench.settle()).toBe(5_000);
    bench.approve();
    await bench.settle();
    expect([shown(bench), bench.status().phase, bench.world.done.length]).toEqual([undefined, 'Verifying', 1]);
    bench.world.away = {};
    bench.passes(5_000);
    await bench.settle();
    expect(shown(bench)).toBe('Verifying');
  });

  it('is not written and told again because a look found other words', async () => {
    const bench = await watched();
    bench.world.testimony = { alert: 'firing', chain: 'alive', detail: 'It has fired for 7 s.' };
    expect(await bench.settle()).toBe(10_000);
    const before = bench.status();
    bench.world.testimony = { alert: 'firing', chain: 'alive', detail: 'It has fired for 8 s.' };
    expect(await bench.settle()).toBe(10_000);
    expect(bench.status()).toEqual(before);
  });

  it('is told nothing that it was told already', async () => {
    const bench = await watched();
    bench.world.incident.clear();
    bench.restart();
    await bench.settle();
    expect(shown(bench)).toBeUndefined();
  });
});

describe('history', () => {
  it('keeps as many runs as the playbook says, and none that still has to be learned from', async () => {
    const bench = await watched({}, { spec: { failedRunsHistoryLimit: 2 } });
    bench.put(
      old('1'),
      old('2', false),
      old('3'),
      old('4', true),
      repairRun({ metadata: { name: '5', uid: '5' }, spec: { playbookRef: { name: 'other' } }, status: { phase: 'Failed' } }),
    );
    await bench.toEnd();
    await bench.settle();
    expect([...bench.world.stored.keys()].toSorted()).toEqual(['shop/2', 'shop/4', 'shop/5', 'shop/restart-web-1']);
  });
});

it('tells of each transition once, in Events', async () => {
  const bench = await watched();
  resolves(bench);
  await bench.toEnd();
  await bench.settle();
  expect(bench.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
    'Normal AwaitingApproval',
    'Normal Running',
    'Normal Verifying',
    'Normal Resolved',
  ]);
});
