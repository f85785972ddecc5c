import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PortError } from '../../domain/ports/port-error.ts';
import type { SecretValue, WholeSecretReader } from '../../domain/ports/secret-reader.ts';
import { Connections } from './connections.ts';
import { MissingSources } from './missing-sources.ts';

const { signal } = new AbortController();
const source = { namespace: 'shop', secret: 'signoz' };
const URL_OF_SIGNOZ = { url: 'http://signoz.example' };

let held: Readonly<Record<string, string>>;
let failure: PortError | undefined;
let pending: Promise<void> | undefined;
let reads: number;
let asked: string[];
let connections: Connections;
let missing: MissingSources;

beforeEach(() => {
  vi.useFakeTimers();
  [held, failure, pending, reads, asked] = [{}, undefined, undefined, 0, []];
  const valueOf = (key: string): SecretValue => {
    const value = held[key];
    return value === undefined ? { is: 'missing', what: 'SecretKeyNotFound', message: `There is no key ${key}.` } : { is: 'found', value };
  };
  const secrets: WholeSecretReader = {
    async snapshot() {
      reads += 1;
      await pending;
      if (failure) throw failure;
      return valueOf;
    },
  };
  connections = new Connections({ secrets, defaultSignoz: () => undefined, monotonic: () => performance.now() });
  missing = new MissingSources({ connections, enqueue: key => asked.push(key) });
});
afterEach(() => {
  missing.stop();
  vi.useRealTimers();
});

async function waits(...keys: readonly string[]): Promise<void> {
  for (const key of keys) missing.add(key, source, await connections.of(source, signal));
}

it('reads a Secret once for all that wait for it, and wakes them when it leads somewhere', async () => {
  const keys = Array.from({ length: 1_000 }, (_, n) => `shop/${n}`);
  await waits(...keys);
  await vi.advanceTimersByTimeAsync(35_000);
  expect([reads, asked.length]).toEqual([4, 0]);
  held = { ...URL_OF_SIGNOZ, apiKey: 'k' };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(keys);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([reads, asked.length]).toEqual([5, 1_000]);
});

it('wakes them too where it is wrong in another way, since they say what is wrong', async () => {
  await waits('shop/a');
  held = URL_OF_SIGNOZ;
  await waits('shop/b');
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(['shop/a', 'shop/b']);
});

it('wakes those that were told something else as soon as one turn finds it', async () => {
  await waits('shop/a');
  held = URL_OF_SIGNOZ;
  await vi.advanceTimersByTimeAsync(3_000);
  await waits('shop/b');
  expect(asked).toEqual(['shop/a']);
});

it('goes on looking where the API server does not answer', async () => {
  await waits('shop/a');
  failure = new PortError('unreachable', 'no answer');
  held = { ...URL_OF_SIGNOZ, apiKey: 'k' };
  await vi.advanceTimersByTimeAsync(25_000);
  expect(asked).toEqual([]);
  failure = undefined;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(['shop/a']);
});

it('reads nothing once nobody waits, or after it was stopped, and may begin anew', async () => {
  await waits('shop/a');
  missing.forget('shop/a');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(reads).toBe(1);
  await waits('shop/a');
  missing.stop();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([reads, vi.getTimerCount()]).toEqual([2, 0]);
  await waits('shop/b');
  held = { ...URL_OF_SIGNOZ, apiKey: 'k' };
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toEqual(['shop/b']);
});

it('has a key wait for one source at a time', async () => {
  await waits('shop/a');
  const resolved = { is: 'missing', reason: 'SecretNotFound', message: 'There is no such Secret.' } as const;
  missing.add('shop/a', { namespace: 'shop', secret: 'other' }, resolved);
  await waits('shop/b');
  held = { ...URL_OF_SIGNOZ, apiKey: 'k' };
  missing.forget('shop/a');
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toEqual(['shop/b']);
});

it('looks no more often where it was stopped amid a look, and began anew', async () => {
  const told = await connections.of(source, signal);
  missing.add('shop/a', source, told);
  const answer = Promise.withResolvers<void>();
  pending = answer.promise;
  await vi.advanceTimersByTimeAsync(10_000);
  missing.stop();
  missing.add('shop/b', source, told);
  pending = undefined;
  answer.resolve();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(vi.getTimerCount()).toBe(1);
});
