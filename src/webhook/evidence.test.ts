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
