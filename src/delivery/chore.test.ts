import { afterEach, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Chore, chore } from './chore.ts';

const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
let close: () => Promise<void>;
afterEach(() => close());

/** A chore that fails until told otherwise, and then pauses far longer than any test. */
function failing(err: Error) {
  const state: { runs: number; err: Error | undefined } = { runs: 0, err };
  const run = async (): Promise<void> => {
    state.runs += 1;
    if (state.err) throw state.err;
  };
  const made: Chore = chore({ what: 'a chore', withinMs: 1_000, run, ended: () => {}, log, random: () => 10_000 });
  close = () => made.close();
  return { chore: made, state };
}

it('is tried at once when it is asked for after an outage, however long it would have paused', async () => {
  const { chore: owed, state } = failing(new PortError('unavailable', 'Redis is away'));
  owed.owe();
  await eventually(() => state.runs === 1);
  state.err = undefined;
  owed.owe();
  await eventually(() => !owed.isOwed());
  expect(state.runs).toBe(2);
});

it.each([
  ['that can wait', new PortError('unavailable', 'Redis is away'), 5_000],
  ['while the other side has asked for a pause', new PortError('rate-limited', 'slow down', { retryAfterMs: 600_000 }), 0],
])('goes on pausing at an asking %s', async (_, err, afterMs) => {
  const { chore: owed, state } = failing(err);
  owed.owe();
  await eventually(() => state.runs === 1);
  state.err = undefined;
  owed.owe(afterMs);
  // Whoever is woken has run by then.
  for (let turns = 0; turns < 50; turns += 1) await new Promise(resolve => setImmediate(resolve));
  expect(state.runs).toBe(1);
  expect(owed.isOwed()).toBe(true);
});

it('keeps no process alive that asks for it after the end', async () => {
  const { chore: owed, state } = failing(new PortError('unavailable', 'Redis is away'));
  await owed.close();
  owed.owe();
  owed.owe(60_000);
  await owed.close();
  expect([state.runs, owed.isOwed()]).toEqual([0, false]);
});
