import { expect, it } from 'vitest';
import { PortError } from '../../domain/ports/port-error.ts';
import { Rest } from './rest.ts';

let nowMs = 0;
const refused = new PortError('forbidden', 'only editors can access this resource');
const writing = (rest: Rest, fails?: Error) =>
  rest.unless(async () => (fails ? Promise.reject(fails) : 'written')).catch((err: unknown) => err);

it('lets one write try after a refusal, ever more seldom, and all once it is taken', async () => {
  const rest = new Rest(() => nowMs);
  const waits: (number | undefined)[] = [];
  for (let tries = 0; tries < 6; tries += 1) {
    const told = await writing(rest, refused);
    const { why, leftMs } = rest.refusal ?? {};
    waits.push(leftMs);
    expect(told).toMatchObject({ fault: 'forbidden', message: refused.message, retryAfterMs: leftMs });
    expect([why, await writing(rest)]).toEqual([told, told]);
    nowMs += rest.refusal?.leftMs ?? 0;
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect([await writing(rest), rest.refusal]).toEqual(['written', undefined]);
  await writing(rest, refused);
  expect(rest.refusal?.leftMs).toBe(5_000);
});

it('does not begin where a write fails for a reason of its own', async () => {
  const rest = new Rest(() => nowMs);
  for (const fault of ['rejected', 'unavailable', 'unreachable'] as const) await writing(rest, new PortError(fault, 'no'));
  expect([rest.refusal, await writing(rest)]).toEqual([undefined, 'written']);
});
