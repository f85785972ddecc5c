import { PortError } from '../../domain/ports/port-error.ts';
import { orAborted } from '../../domain/signals/or-aborted.ts';

/** What ioredis says of a command while it has no connection speaks of its own settings. */
const NOT_CONNECTED = /^(Stream isn't writeable|Connection is closed)/;

/** Whatever went wrong between us and Redis, as `PortError('unavailable')`: the caller can only try again later. */
export function asPortError(what: string, err: unknown): PortError {
  if (err instanceof PortError) return err;
  const said = err instanceof Error ? err.message : String(err);
  const why = NOT_CONNECTED.test(said) ? 'it cannot be reached just now; see REDIS_URL, and the log for why' : said;
  return new PortError('unavailable', `Redis did not ${what}: ${why}`, { cause: err, ofStore: true });
}

/**
 * Runs one command and stops waiting for it once the signal aborts; the command may still take effect, so it must be safe to repeat.
 * `what` completes the sentence "Redis did not …".
 */
export async function ask<T>(what: string, signal: AbortSignal, command: () => Promise<T>): Promise<T> {
  try {
    signal.throwIfAborted();
    return await orAborted(signal, command());
  } catch (err) {
    throw asPortError(what, err);
  }
}
