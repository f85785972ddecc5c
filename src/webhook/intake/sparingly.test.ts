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
