import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RuleBench, ruleSpec, signozWithHook } from '../../../test/builders/rule-bench.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';
import { PortError } from '../../domain/ports/port-error.ts';

let signoz: Signoz;
let bench: RuleBench;
const { signal } = new AbortController();

beforeEach(async () => {
  signoz = await signozWithHook({ keys: { one: 'editor', two: 'editor' } });
  bench = new RuleBench();
  bench.secret('shop/signoz', { url: signoz.url, editorKey: 'one' });
  bench.secret('shop/two', { url: signoz.url, editorKey: 'two' });
});
afterEach(async () => {
  await bench.stop();
  await signoz.stop();
});

const lists = (key: string): number =>
  signoz.requests.filter(({ path, headers }) => path.endsWith('/api/v2/rules') && headers['signoz-api-key'] === key).length;
const bind = (key: string, apiKey: string, resyncMs = 3_600_000) =>
  bench.deps.signozes.bind(key, {
    connection: { url: signoz.url, apiKey },
    source: { namespace: 'shop', secret: apiKey === 'one' ? 'signoz' : 'two' },
    watch: { ignore: [], resyncMs, ruleId: undefined },
  });

it('has one list for all objects of a connection, and one lane for all keys of a URL', async () => {
  const [a, b, c] = [bind('shop/a', 'one'), bind('shop/b', 'one'), bind('shop/c', 'two')];
  await eventually(() => a.inventory !== undefined && c.inventory !== undefined);
  expect([a === b, a === c, a.lane === c.lane]).toEqual([true, false, true]);
  expect([lists('one'), lists('two'), bench.deps.signozes.watchedAt(signoz.url)]).toEqual([1, 1, 3]);
});

it('ends with its last object, and asks nothing more', async () => {
  const [a, b] = [bind('shop/a', 'one'), bind('shop/b', 'one')];
  await eventually(() => a.inventory !== undefined);
  bench.deps.signozes.release('shop/a');
  expect(bind('shop/b', 'one')).toBe(b);
  bench.deps.signozes.release('shop/b');
  expect(bench.deps.signozes.watchedAt(signoz.url)).toBe(0);
  expect(bind('shop/b', 'one')).not.toBe(b);
});

it('belongs to one SigNoz at a time', () => {
  const a = bind('shop/a', 'one');
  const again = bind('shop/a', 'two');
  expect([a.watched, again.watched]).toEqual([0, 1]);
});

it('lists as often as the object that asks for the most', async () => {
  const a = bind('shop/a', 'one');
  await eventually(() => a.inventory !== undefined);
  bind('shop/b', 'one', 50);
  expect(await eventually(() => lists('one') >= 4)).toBe(true);
});

it('wakes an object whose rule somebody changed, and no other', async () => {
  const [changed, other] = [await bench.made('changed'), await bench.made('other')];
  signoz.editAs('ann@example.com', bench.shown(changed).status?.ruleId ?? '', rule => ({ ...rule, description: 'hers' }));
  bench.asked.clear();
  bind('shop/unrelated', 'one').awaitList('shop/unrelated', 'low');
  await eventually(() => bench.asked.has('shop/unrelated'));
  expect([bench.asked.has(changed), bench.asked.has(other)]).toEqual([true, false]);
});

it('stops all writes for as long as SigNoz asks, and then wakes those that wait', async () => {
  const a = bind('shop/a', 'one');
  const limited = new PortError('rate-limited', 'slow down', { retryAfterMs: 200 });
  await expect(a.write('normal', signal, async () => Promise.reject(limited))).rejects.toBe(limited);
  expect(a.admits('shop/a', 'normal')).toBe(false);
  await eventually(() => bench.asked.has('shop/a'));
  expect(a.admits('shop/a', 'normal')).toBe(true);
});

it('gives whoever finds the lane full a turn when it has room, by whichever key, and has room for what people wait for', async () => {
  const a = bind('shop/a', 'one');
  const { promise, resolve } = Promise.withResolvers<void>();
  const under = Array.from({ length: 16 }, () => a.write('low', signal, () => promise));
  const other = bind('shop/b', 'other');
  expect([a.admits('shop/low', 'low'), other.admits('shop/b', 'low'), a.admits('shop/asked', 'normal')]).toEqual([false, false, true]);
  expect([...bench.asked]).toEqual([]);
  resolve();
  await Promise.all(under);
  expect([...bench.asked]).toEqual(['shop/low', 'shop/b']);
});

it('keeps no green on any object once SigNoz has been away for some lists, and comes back by itself', async () => {
  const keys = [await bench.made('first', ruleSpec({ resync: '10s' })), await bench.made('second')];
  signoz.breakWith({ is: 'reset' });
  bench.asked.clear();
  bind('shop/first', 'one').awaitList('shop/first', 'low');
  await eventually(() => keys.every(key => bench.asked.has(key)), { withinMs: 20_000 });
  for (const key of keys) await bench.turn(key);
  expect(keys.map(key => bench.reason(key))).toEqual(['Unreachable', 'Unreachable']);
  const asked = signoz.requests.length;
  for (const key of keys) await bench.turn(key);
  expect(signoz.requests.length - asked).toBeLessThanOrEqual(1);
  bench.asked.clear();
  signoz.mend();
  await eventually(() => keys.every(key => bench.asked.has(key)), { withinMs: 20_000 });
  for (const key of keys) await bench.settle(key);
  expect(keys.map(key => bench.reason(key))).toEqual(['Synced', 'Synced']);
});

describe('an object that waited for its Secret', () => {
  const source = { namespace: 'shop', secret: 'late' };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const resolved = { is: 'missing', reason: 'SecretNotFound', message: 'There is no such Secret.' } as const;
    for (const key of ['shop/a', 'shop/b']) bench.deps.signozes.awaitSource(key, source, resolved);
    bench.secret('shop/late', { url: signoz.url, editorKey: 'one' });
  });
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['is in a SigNoz by now', () => void bind('shop/a', 'two')],
    ['is suspended or gone', () => bench.deps.signozes.release('shop/a')],
  ])('is not woken any more where it %s', async (_, happens) => {
    happens();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...bench.asked]).toEqual(['shop/b']);
  });
});
