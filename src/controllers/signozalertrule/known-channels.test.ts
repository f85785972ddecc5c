import { expect, it } from 'vitest';
import { KnownChannels } from './known-channels.ts';

const { signal } = new AbortController();

it('asks again only where a channel seems missing, and not twice in a moment', async () => {
  let now = 0;
  const answers = [['ops'], ['ops', 'oncall']];
  const channels = new KnownChannels(
    async () => answers.shift() ?? [],
    () => now,
  );
  channels.learn(['ops']);
  expect(await channels.missing(['oncall'], signal)).toEqual({ missing: ['oncall'], existing: ['ops'] });
  now = 6_000;
  expect(await channels.missing(['ops'], signal)).toEqual({ missing: [], existing: ['ops'] });
  expect(answers).toHaveLength(2);
  expect(await channels.missing(['oncall'], signal)).toMatchObject({ missing: ['oncall'] });
  now = 12_000;
  expect(await channels.missing(['oncall'], signal)).toMatchObject({ missing: [] });
});

it('lets one ask, and keeps nobody else waiting for the answer', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const channels = new KnownChannels(
    () => promise,
    () => 0,
  );
  const first = channels.missing(['ops'], signal);
  expect(await channels.missing(['ops'], signal)).toBeUndefined();
  resolve(['ops']);
  expect(await first).toEqual({ missing: [], existing: ['ops'] });
});

it('can be asked again after an answer that failed', async () => {
  let fails = true;
  const channels = new KnownChannels(
    async () => (fails ? Promise.reject(new Error('no')) : ['ops']),
    () => 0,
  );
  await expect(channels.missing(['ops'], signal)).rejects.toThrow('no');
  fails = false;
  expect(await channels.missing(['ops'], signal)).toMatchObject({ missing: [] });
});
