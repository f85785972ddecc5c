import { isAskedFor } from '../../domain/drills/refusals.ts';
import type { Refusal } from '../../domain/ports/drill-registry.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { parseRefusal, StreamEntries } from './schema.ts';

/** Whoever sends rubbish may push out older evidence, but never fill Redis. */
const KEPT = 2000;
const FIELD = 'refusal';

export async function recordRefusal(commands: RedisCommands, refusal: Refusal, signal: AbortSignal): Promise<void> {
  const args = [KEYS.refusals, 'MAXLEN', '~', KEPT, '*', FIELD, JSON.stringify(refusal)];
  await ask('record a refusal', signal, () => commands.call('XADD', ...args));
}

/** Sorted by when they happened, which is not when they were written: those from a time without Redis come later into the stream. */
export async function refusalsSince(
  commands: RedisCommands,
  { since, nonces }: { readonly since: Date; readonly nonces: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Refusal[]> {
  const reply = await ask('list refusals', signal, () => commands.call('XREVRANGE', KEYS.refusals, '+', '-', 'COUNT', KEPT));
  return StreamEntries.parse(reply)
    .flatMap(([, [, text]]) => (text === undefined ? [] : [parseRefusal(text)]))
    .filter(refusal => isAskedFor(refusal, since, nonces))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
}
