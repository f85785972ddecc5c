import { PortError } from '../../domain/ports/port-error.ts';

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
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    return await Promise.race([command(), aborted]);
  } catch (err) {
    throw asPortError(what, err);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
