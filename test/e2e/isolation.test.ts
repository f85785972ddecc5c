import { expect, it } from 'vitest';
import { startOperator } from '../parts/operator.ts';
import { startRedis } from '../parts/redis.ts';
import { startTarget } from '../servers/target.ts';
import { probeView } from './probe-view.ts';
import { probe, raiseStage } from './stage.ts';

it('keeps ten probes to their schedule while an eleventh hangs, with room for two', async ({ onTestFinished }) => {
  const [stage, redis, target, black] = await Promise.all([raiseStage('isolation'), startRedis(), startTarget(), startTarget()]);
  onTestFinished(() => Promise.all([redis, target, black].map(part => part.stop())).then(() => undefined));
  const operator = await startOperator(stage.operator(redis.url, { AWOOOI_MAX_CONCURRENT_RUNS: '2' }));
  onTestFinished(() => operator.stop());
  black.breakWith({ is: 'hang' });

  const hops = [{ name: 'api', type: 'Health' }];
  await stage.apply(probe('hangs', { runToken: 'v1', timeout: '5m', target: { url: black.url }, hops }));
  const hangs = probeView(stage, 'hangs');
  await hangs.until(({ lastRun }) => lastRun?.phase === 'Running');
  const names = Array.from({ length: 10 }, (_, n) => `runs-${n}`);
  await stage.apply(...names.map(name => probe(name, { schedule: { every: '2s' }, timeout: '1s', target: { url: target.url }, hops })));

  const RUNS = 4;
  const kept = await Promise.all(names.map(name => probeView(stage, name).until(({ history = [] }) => history.length >= RUNS)));
  expect((await hangs.status()).lastRun?.phase).toBe('Running');
  for (const { history = [], uptime } of kept) {
    expect(uptime?.['24h']).toBe('100.00%');
    const starts = history.map(({ startedAt }) => Date.parse(startedAt)).toReversed();
    // A grid of two seconds: a busy machine may start a run late, but none is skipped and none is made up for twice.
    const cells = starts.slice(1).map(start => Math.round((start - (starts[0] ?? 0)) / 2_000));
    expect(cells).toEqual([...new Set(cells)]);
    expect(Math.max(...cells)).toBeLessThanOrEqual(cells.length + 1);
  }
});
