import { expect, it } from 'vitest';
import { ProbeBench, START } from '../../../test/builders/probe-bench.ts';
import type { HopResult } from '../../domain/chain/hop-result.ts';
import { type ProbeVerdict, verdict } from '../../domain/verdict/verdict.ts';

const bad: HopResult = { name: 'api', type: 'Health', result: 'Failed', cause: 'TimedOut', message: 'no answer within 5 s' };
const HOUR_MS = 3_600_000;
const EVERY_MS = 300_000;

/** A probe every five minutes that has passed once. */
async function passedOnce(): Promise<ProbeBench> {
  const bench = new ProbeBench();
  await bench.settle();
  return bench;
}

const at = (ms: number): string => new Date(ms).toISOString();
const runs = ({ probe }: ProbeBench): string[] => (probe.status?.history ?? []).map(({ id, result }) => `${id} ${result}`);
const told = ({ events }: ProbeBench): string[] => events.map(({ type, reason }) => `${type} ${reason}`);
const judged = ({ probe, now }: ProbeBench): ProbeVerdict =>
  verdict(probe, { name: '', maxAgeSeconds: EVERY_MS / 1_000, now: new Date(now) });

it('makes up once for what a clock set forward by an hour jumped over, and tells of nothing', async () => {
  const bench = await passedOnce();
  bench.now += HOUR_MS;
  expect(judged(bench)).toMatchObject({ ok: false, stale: true, ageSeconds: HOUR_MS / 1_000 });
  await bench.settle();
  expect(bench.probe.status).toMatchObject({
    lastRun: { phase: 'Passed', trigger: 'Schedule', startedAt: at(START + HOUR_MS) },
    uptime: { '24h': '100.00%' },
  });
  expect(Date.parse(bench.probe.status?.nextRunTime ?? '')).toBeGreaterThan(bench.now);
  expect(Date.parse(bench.probe.status?.nextRunTime ?? '')).toBeLessThanOrEqual(bench.now + EVERY_MS);
  expect(judged(bench)).toMatchObject({ ok: true, ageSeconds: 0 });
  expect(runs(bench)).toEqual(['run-2 Passed', 'run-1 Passed']);
  expect(told(bench)).toEqual(['Normal AllHopsPassed']);
});

it('keeps what it knows when the clock is set back by an hour, and runs within one interval of the new time', async () => {
  const bench = await passedOnce();
  bench.now -= HOUR_MS;
  const outcome = await bench.turn();
  const next = Date.parse(bench.probe.status?.nextRunTime ?? '');
  expect(next).toBeGreaterThan(bench.now);
  expect(next).toBeLessThanOrEqual(bench.now + EVERY_MS);
  expect(outcome.requeueAfterMs).toBeLessThanOrEqual(next - bench.now);
  expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  expect(judged(bench)).toMatchObject({ ok: true, ageSeconds: 0, startedAt: at(START) });

  bench.now = next;
  await bench.settle();
  expect(bench.probe.status?.lastRun).toMatchObject({ id: 'run-2', phase: 'Passed', trigger: 'Schedule', startedAt: at(next) });
  expect(runs(bench)).toEqual(['run-2 Passed', 'run-1 Passed']);
  expect(told(bench)).toEqual(['Normal AllHopsPassed']);
});

it('says that the chain broke after the clock was set back, and judges by the newest run, not by the one with the latest time', async () => {
  const bench = await passedOnce();
  bench.now -= HOUR_MS;
  bench.hops = [bad];
  for (let failures = 1; failures <= 2; failures++) {
    await bench.turn();
    bench.now = Date.parse(bench.probe.status?.nextRunTime ?? '');
    await bench.settle();
    expect(bench.probe.status?.consecutiveFailures).toBe(failures);
  }
  expect(bench.condition('Ready')).toBe('False/TimedOut');
  expect(told(bench)).toEqual(['Normal AllHopsPassed', 'Warning FailureBelowThreshold', 'Warning TimedOut']);
  bench.hang = true;
  bench.now += EVERY_MS;
  await bench.turn();
  expect(bench.probe.status?.lastRun?.phase).toBe('Running');
  expect(judged(bench)).toMatchObject({ ok: false, ageSeconds: EVERY_MS / 1_000, failed: [{ hop: 'api', cause: 'TimedOut' }] });
});

it.each([
  ['forward', HOUR_MS, ['run-2 Passed', 'run-1 Passed']],
  ['back', -HOUR_MS, ['run-1 Passed']],
] as const)('ends a run in whose middle the clock is set %s by an hour as what it found', async (_, stepMs, expected) => {
  const bench = new ProbeBench();
  const held = Promise.withResolvers<void>();
  const { runChain } = bench.deps;
  bench.deps = { ...bench.deps, runChain: async (request, signal) => held.promise.then(() => runChain(request, signal)) };
  await bench.turn();
  await bench.turn();
  bench.now += stepMs;
  held.resolve();
  await bench.settle();
  expect(runs(bench)).toEqual(expected);
  expect(bench.probe.status?.history?.at(-1)).toMatchObject({ startedAt: at(START), finishedAt: at(START + stepMs) });
  expect(bench.condition('Ready')).toBe('True/AllHopsPassed');
  const next = Date.parse(bench.probe.status?.nextRunTime ?? '');
  expect(next).toBeGreaterThan(bench.now);
  expect(next).toBeLessThanOrEqual(bench.now + EVERY_MS);
});
