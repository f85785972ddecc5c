import { beforeEach, expect, it } from 'vitest';
import { KnownChannels } from './known-channels.ts';

const { signal } = new AbortController();
const by = (key: string) => ({ key, priority: 'normal' as const, signal });

let now: number;
let woken: string[];
let answer: () => Promise<readonly string[]>;
let asked: number;
let channels: KnownChannels;

beforeEach(() => {
  [now, woken, asked] = [0, [], 0];
  answer = async () => ['ops'];
  channels = new KnownChannels({
    ask: () => {
      asked += 1;
      return answer();
    },
    enqueue: key => woken.push(key),
    monotonic: () => now,
  });
});

it('asks again only where a channel seems missing, and not twice in a moment', async () => {
  channels.learn(['ops']);
  expect(await channels.missing(['oncall'], by('a'))).toEqual({ missing: ['oncall'], existing: ['ops'] });
  now = 6_000;
  expect(await channels.missing(['ops'], by('a'))).toEqual({ missing: [], existing: ['ops'] });
  expect(asked).toBe(0);
  expect(await channels.missing(['oncall'], by('a'))).toMatchObject({ missing: ['oncall'] });
  now = 12_000;
  answer = async () => ['ops', 'oncall'];
  expect(await channels.missing(['oncall'], by('a'))).toMatchObject({ missing: [] });
  expect(asked).toBe(2);
});

it('lets one ask, keeps nobody else waiting for the answer, and wakes them with it', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  answer = () => promise;
  const first = channels.missing(['ops'], by('a'));
  for (const key of ['b', 'c', 'b']) expect(await channels.missing(['ops'], by(key))).toBeUndefined();
  expect(woken).toEqual([]);
  resolve(['ops']);
  expect(await first).toEqual({ missing: [], existing: ['ops'] });
  expect([woken, asked]).toEqual([['b', 'c'], 1]);
  expect(await channels.missing(['ops'], by('b'))).toEqual({ missing: [], existing: ['ops'] });
});

it('tells all for a moment that it could not be asked, and is asked again afterwards', async () => {
  answer = () => Promise.reject(new Error('no'));
  const first = channels.missing(['ops'], by('a'));
  expect(await channels.missing(['ops'], by('b'))).toBeUndefined();
  await expect(first).rejects.toThrow('no');
  expect(woken).toEqual(['b']);
  await expect(channels.missing(['ops'], by('b'))).rejects.toThrow('no');
  expect(asked).toBe(1);
  [now, answer] = [6_000, async () => ['ops']];
  expect(await channels.missing(['ops'], by('b'))).toMatchObject({ missing: [] });
});

it('says nothing of it to others where only the turn that asked was cut off', async () => {
  const turn = new AbortController();
  answer = async () => {
    turn.abort();
    throw new Error('too long');
  };
  await expect(channels.missing(['ops'], { ...by('a'), signal: turn.signal })).rejects.toThrow('too long');
  answer = async () => ['ops'];
  expect(await channels.missing(['ops'], by('b'))).toMatchObject({ missing: [] });
});
