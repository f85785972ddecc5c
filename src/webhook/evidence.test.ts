import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import type { Refusal } from '../domain/ports/drill-registry.ts';
import { evidence } from './evidence.ts';

const refusal = (n: number): Refusal => ({ at: new Date(n), route: '/x', status: 401, reason: `${n}`, nonces: [] });

function store() {
  const written: string[] = [];
  const state = { away: false, written };
  return { state, write: async ({ reason }: Refusal) => (state.away ? Promise.reject(new Error('away')) : void written.push(reason)) };
}

it('writes in order, also what came while the store was away', async () => {
  const { state, write } = store();
  const kept = evidence({ write, retryAfterMs: 5 });
  kept.refused(refusal(1));
  await eventually(() => state.written.length === 1);
  state.away = true;
  for (const n of [2, 3]) kept.refused(refusal(n));
  state.away = false;
  kept.refused(refusal(4));
  await eventually(() => state.written.length === 4);
  expect(state.written).toEqual(['1', '2', '3', '4']);
});

it('forgets the oldest when there is too much', async () => {
  const { state, write } = store();
  state.away = true;
  const kept = evidence({ write, retryAfterMs: 5, keep: 3 });
  for (const n of [1, 2, 3, 4, 5]) kept.refused(refusal(n));
  state.away = false;
  await eventually(() => state.written.length === 3);
  expect(state.written).toEqual(['3', '4', '5']);
});

it('writes what is left when it closes, and gives up where it cannot', async () => {
  const { state, write } = store();
  state.away = true;
  const kept = evidence({ write, retryAfterMs: 60_000 });
  kept.refused(refusal(1));
  state.away = false;
  await kept.close();
  expect(state.written).toEqual(['1']);
  state.away = true;
  kept.refused(refusal(2));
  await kept.close();
  expect(state.written).toEqual(['1']);
});

it('closes within its deadline however slow the store is, and says how many refusals it gave up', async () => {
  const written: string[] = [];
  const write = async ({ reason }: Refusal, signal: AbortSignal): Promise<void> => {
    await pause(40, undefined, { signal });
    written.push(reason);
  };
  const gaveUp: number[] = [];
  const kept = evidence({ write, closeWithinMs: 200, gaveUp: count => void gaveUp.push(count) });
  for (let n = 0; n < 500; n += 1) kept.refused(refusal(n));
  const before = performance.now();
  await kept.close();
  expect(performance.now() - before).toBeLessThan(2000);
  expect(written.length).toBeGreaterThan(0);
  expect(gaveUp).toEqual([500 - written.length]);
});

const writeForEver = (_: Refusal, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

it('waits for no write that never ends', async () => {
  const gaveUp: number[] = [];
  const kept = evidence({ write: writeForEver, closeWithinMs: 50, gaveUp: count => void gaveUp.push(count) });
  for (const n of [1, 2, 3]) kept.refused(refusal(n));
  const before = performance.now();
  await kept.close();
  expect(performance.now() - before).toBeLessThan(1000);
  expect(gaveUp).toEqual([3]);
});
