import { describe, expect, it } from 'vitest';
import { condition } from '../../../test/builders/alert-chain-probe.ts';
import { good, ProbeBench, START } from '../../../test/builders/probe-bench.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { AlertChainProbeSpec } from '../../crds/alertchainprobe/spec.ts';
import type { HopResult } from '../../domain/chain/hop-result.ts';
import { verdict } from '../../domain/verdict/verdict.ts';

const bad: HopResult = { name: 'api', type: 'Health', result: 'Failed', cause: 'TimedOut', message: 'no answer within 5 s' };
const telegram = { botToken: { name: 'tg', key: 'token' }, chatId: '-1', apiRoot: 'http://127.0.0.1:1' };

describe('probeReconciler', () => {
  it('says at once that nothing is known of a new probe, when it will run, and that its series exist', async () => {
    const bench = new ProbeBench({ metadata: { creationTimestamp: new Date(START).toISOString() } });
    await bench.turn();
    expect(bench.condition('Ready')).toBe('Unknown/NotRunYet');
    expect(Date.parse(bench.probe.status?.nextRunTime ?? '')).toBeGreaterThanOrEqual(START);
    expect(bench.series).toContain('prod/production');
  });

  it('records the intent, runs, and records what it found', async () => {
    const bench = new ProbeBench();
    const first = await bench.turn();
    expect(first).toMatchObject({ exclusive: true, status: { lastRun: { id: 'run-1', phase: 'Running', trigger: 'Schedule' } } });
    await bench.settle();
    expect(bench.probe.status).toMatchObject({
      lastRun: { id: 'run-1', phase: 'Passed' },
      hops: [{ name: 'api', result: 'Passed', latency: '12ms' }],
    });
    expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
    expect(bench.events.map(event => event.reason)).toContain('AllHopsPassed');
    expect(bench.observed).toBe(1);
  });

  it('is still on a second turn', async () => {
    const bench = new ProbeBench();
    await bench.settle();
    const writes = bench.writes;
    const outcome = await bench.turn();
    expect(bench.writes).toBe(writes);
    expect(outcome.events).toEqual([]);
    expect(outcome.requeueAfterMs).toBeGreaterThan(0);
  });

  it('breaks after the threshold, tells people once, and tells them of the recovery', async () => {
    const bench = new ProbeBench({ spec: { notify: { telegram } } });
    bench.hops = [bad];
    await bench.settle();
    expect(bench.condition('ChainHealthy')).toBe('Unknown/FailureBelowThreshold');
    bench.now += 300_000;
    await bench.settle();
    await eventually(async () => (await bench.turn()) && bench.probe.status?.notified?.startsWith('Broken@'));
    expect(bench.condition('Ready')).toBe('False/TimedOut');
    expect(bench.probe.status?.brokenHop).toBe('api');
    bench.now += 300_000;
    await bench.settle();
    expect(bench.announcements).toEqual(['Broken']);
    bench.hops = [good];
    bench.now += 300_000;
    await bench.settle();
    await eventually(async () => (await bench.turn()) && bench.probe.status?.notified?.startsWith('Recovered@'));
    expect(bench.announcements).toEqual(['Broken', 'Recovered']);
    expect(bench.probe.status?.brokenHop).toBeUndefined();
  });

  it('shows its verdict, a suspension, an open maintenance window, and when it runs next', async () => {
    const bench = new ProbeBench({ spec: { failureThreshold: 1, maintenance: [{ cron: '0 0 * * *', duration: '10m', timeZone: 'UTC' }] } });
    await bench.settle();
    expect(bench.judged).toMatchObject({ healthy: 'True', suspended: false, maintenance: true });
    expect(Date.parse(bench.judged?.nextRunTime ?? '')).toBeGreaterThan(bench.now);
    bench.hops = [bad];
    bench.now += 1_800_000;
    await bench.settle();
    expect(bench.judged).toMatchObject({ healthy: 'False', maintenance: false });
    bench.probe = { ...bench.probe, spec: { ...bench.probe.spec, suspend: true } };
    await bench.settle();
    expect(bench.judged).toEqual({ healthy: 'Unknown', suspended: true, maintenance: false, nextRunTime: undefined });
  });

  it('begins anew the run that a dead process left behind, and says so', async () => {
    const bench = new ProbeBench();
    await bench.turn();
    bench.crash();
    await bench.settle();
    expect(bench.probe.status?.history?.map(({ id, result }) => `${id} ${result}`)).toEqual(['run-2 Passed', 'run-1 Interrupted']);
    expect(bench.events.map(event => event.reason)).toContain('RunInterrupted');
  });

  it.each([
    [1, ['run-1 Passed']],
    [2, ['run-3 Interrupted', 'run-1 Passed']],
  ])('forgets the run that ended last for no run that was cut off, with a historyLimit of %i', async (historyLimit, kept) => {
    const bench = new ProbeBench({ spec: { historyLimit } });
    await bench.settle();
    bench.hang = true;
    for (let deaths = 1; deaths <= 3; deaths++) {
      bench.now += 300_000;
      await bench.turn();
      bench.crash();
    }
    expect(bench.probe.status?.history?.map(({ id, result }) => `${id} ${result}`)).toEqual(kept);
    const { ok, ageSeconds } = verdict(bench.probe, { name: '', maxAgeSeconds: 1_000, now: new Date(bench.now) });
    expect({ ok, ageSeconds }).toEqual({ ok: true, ageSeconds: 900 });
  });

  it('counts at once what was asked for while a dead process had a scheduled run under way', async () => {
    const bench = new ProbeBench();
    await bench.settle();
    bench.now += 300_000;
    await bench.turn();
    bench.crash();
    bench.probe = { ...bench.probe, metadata: { ...bench.probe.metadata, annotations: { 'awoooi.io/requested-at': 'now' } } };
    bench.hops = [bad];
    await bench.settle();
    expect(bench.probe.status).toMatchObject({ lastHandledRequest: 'now', lastRun: { trigger: 'Annotation', phase: 'Failed' } });
    expect(bench.condition('Ready')).toBe('False/TimedOut');
  });

  it('takes the same id again when the answer to its intent was lost', async () => {
    const bench = new ProbeBench();
    const before = bench.probe;
    const first = await bench.turn();
    bench.probe = before;
    const second = await bench.turn();
    expect(second.status?.lastRun?.id).toBe(first.status?.lastRun?.id);
  });

  it('repeats the record and not the run when the answer to the deed was lost', async () => {
    const bench = new ProbeBench();
    await bench.turn();
    const running = bench.probe;
    await bench.settle();
    bench.probe = running;
    await bench.settle();
    expect(bench.probe.status?.lastRun).toMatchObject({ id: 'run-1', phase: 'Passed' });
    expect(bench.observed).toBe(1);
  });

  it('is never green by the conditions alone that could be read of a status, once the spec is another one', async () => {
    const status = { conditions: [condition('ChainHealthy'), condition('Ready')] };
    const bench = new ProbeBench({ metadata: { generation: 4 }, status });
    bench.hops = [bad];
    await bench.turn();
    expect(bench.condition('Ready')).toBe('Unknown/NotRunYet');
    await bench.settle();
    expect(bench.condition('Ready')).toBe('Unknown/FailureBelowThreshold');
    bench.hops = [good];
    bench.now += 300_000;
    await bench.settle();
    expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  });

  it('runs for a new token at once, and is not ready until that run has ended', async () => {
    const bench = new ProbeBench();
    await bench.settle();
    bench.change({ runToken: 'release-2' });
    await bench.turn();
    expect(bench.condition('Ready')).toBe('Unknown/RunPending');
    await bench.settle();
    expect(bench.probe.status?.runToken).toBe('release-2');
    expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  });

  it('does not let a run of the old spec pass for the new one', async () => {
    const bench = new ProbeBench();
    await bench.settle();
    bench.now += 300_000;
    await bench.turn();
    await bench.turn();
    bench.change({ hops: AlertChainProbeSpec.shape.hops.parse([{ name: 'other', type: 'Health' }]) });
    bench.hang = true;
    await eventually(() => bench.deps.runs.state('prod/production')?.phase === 'done');
    await bench.turn();
    expect(bench.condition('Ready')).toBe('Unknown/SpecChanged');
    await bench.turn();
    expect(bench.probe.status?.lastRun).toMatchObject({ phase: 'Running', trigger: 'SpecChange' });
  });

  it('is stalled no more as soon as its spec was mended, and not ready before that was run', async () => {
    const bench = new ProbeBench();
    bench.hops = [{ name: 'api', type: 'Health', result: 'Unknown', cause: 'SecretNotFound', message: 'Secret api is missing.' }];
    await bench.settle();
    bench.now += 300_000;
    await bench.settle();
    expect([bench.condition('Ready'), bench.condition('Stalled')]).toEqual(['False/SecretNotFound', 'True/SecretNotFound']);
    bench.hops = [good];
    bench.change({ timeout: '20s' });
    // The intent, the run, its record.
    for (const ready of ['Unknown/SpecChanged', 'Unknown/SpecChanged', 'True/AllHopsPassed']) {
      await eventually(() => bench.deps.runs.state('prod/production')?.phase !== 'running');
      await bench.turn();
      expect([bench.condition('Ready'), bench.condition('Stalled')]).toEqual([ready, 'absent']);
    }
  });

  it('gives up its run when suspended, and is never green then', async () => {
    const bench = new ProbeBench();
    await bench.settle();
    bench.now += 300_000;
    await bench.turn();
    bench.change({ suspend: true });
    await bench.turn();
    expect(bench.probe.status?.lastRun?.phase).toBe('Interrupted');
    expect(bench.probe.status?.nextRunTime).toBeUndefined();
    expect(bench.condition('Ready')).toBe('Unknown/Suspended');
    const writes = bench.writes;
    await bench.turn();
    expect(bench.writes).toBe(writes);
  });

  it('forgets a probe that is being deleted', async () => {
    const bench = new ProbeBench();
    await bench.turn();
    bench.probe = { ...bench.probe, metadata: { ...bench.probe.metadata, deletionTimestamp: new Date(START).toISOString() } };
    expect(await bench.turn()).toEqual({});
    expect(bench.series).not.toContain('prod/production');
  });

  it('acts no more once it does not lead', async () => {
    const bench = new ProbeBench();
    await bench.turn();
    bench.leading = false;
    await expect(bench.turn()).rejects.toThrow('not leading');
    expect(bench.deps.runs.state('prod/production')?.phase).toBe('reserved');
  });
});
