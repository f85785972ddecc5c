import { z } from 'zod';
import type { ReceivedAlert } from '../../domain/ports/alert-intake.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { StreamEntries } from './schema.ts';

const PAGE = 100;

/** Never while something is in it: a replica of the version before may still write. */
const DELETE_WHEN_EMPTY = `if redis.call('XLEN', KEYS[1]) == 0 then return redis.call('DEL', KEYS[1]) end return 0`;

const Body = z.record(z.string(), z.unknown());
const StoredAlert = z.object({
  source: z.enum(['alertmanager', 'signoz', 'sentry']),
  receivedAt: z.iso.datetime().transform(text => new Date(text)),
  alert: Body,
  envelope: Body,
});

/**
 * Hands over, in order, what the versions before kept in one stream, and forgets each page once `take` has it: whoever dies in between hands it
 * over again. Resolves with how many were taken, and how many nobody can read, which stay.
 */
export async function drainReceived(
  commands: RedisCommands,
  take: (alerts: readonly ReceivedAlert[]) => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly taken: number; readonly unreadable: number }> {
  let taken = 0;
  let unreadable = 0;
  for (let after = '-'; ; ) {
    const page = () => commands.call('XRANGE', KEYS.received, after, '+', 'COUNT', PAGE);
    const entries = StreamEntries.parse(await ask('give received alerts', signal, page));
    const read = entries.flatMap(([id, [, text = '']]) => alertIn(id, text) ?? []);
    unreadable += entries.length - read.length;
    if (read.length > 0) {
      await take(read.map(({ alert }) => alert));
      await ask('forget received alerts', signal, () => commands.call('XDEL', KEYS.received, ...read.map(({ id }) => id)));
      taken += read.length;
    }
    const last = entries.at(-1);
    if (!last) break;
    after = `(${last[0]}`;
  }
  await ask('forget received alerts', signal, () => commands.eval(DELETE_WHEN_EMPTY, 1, KEYS.received));
  return { taken, unreadable };
}

function alertIn(id: string, text: string): { readonly id: string; readonly alert: ReceivedAlert } | undefined {
  try {
    return { id, alert: StoredAlert.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}
