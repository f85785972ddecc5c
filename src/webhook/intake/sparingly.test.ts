import { expect, it } from 'vitest';
import { sparingly } from './sparingly.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);

it('writes once in a while, the first at once, one that failed again, and after a clock that was set back', async () => {
  const written: number[] = [];
  let away = true;
  const touch = async (at: Date): Promise<void> => {
    if (away) throw new Error('away');
    written.push(at.getTime());
  };
  const intake = sparingly({ touch }, 1000);
  await expect(intake.touch(new Date(5000), soon())).rejects.toThrow('away');
  away = false;
  for (const ms of [5000, 5001, 5999, 6000, 6500, 7100, 1000]) await intake.touch(new Date(ms), soon());
  expect(written).toEqual([5000, 6000, 7100, 1000]);
});

it('writes once for all that come together, and each of them waits for it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let writes = 0;
  const intake = sparingly({ touch: () => ((writes += 1), promise) }, 1000);
  let done = 0;
  const all = [5000, 5000, 5001].map(ms => intake.touch(new Date(ms), soon()).then(() => (done += 1)));
  await Promise.resolve();
  expect([writes, done]).toEqual([1, 0]);
  resolve();
  await Promise.all(all);
  expect([writes, done]).toEqual([1, 3]);
});

it('fails who has no more time, and nobody else who waits for the same write', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const intake = sparingly({ touch: () => promise }, 1000);
  const hasty = intake.touch(new Date(5000), AbortSignal.timeout(1));
  const patient = intake.touch(new Date(5000), soon());
  await expect(hasty).rejects.toMatchObject({ name: 'TimeoutError' });
  resolve();
  await expect(patient).resolves.toBeUndefined();
});
