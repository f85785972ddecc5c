/** Who waits on a signal that has not aborted. */
const waiting = new WeakMap<AbortSignal, Waits>();

interface Waits {
  readonly giveUps: Set<() => void>;
  readonly listener: () => void;
}

/**
 * What the promise comes to, or the signal's reason as soon as it aborts; what the promise stands for may go on all the same. All who wait on
 * one signal share one listener: of Node's listeners each holds the one after it even once it is removed, so that of thousands of requests
 * on one signal each would keep the next alive.
 */
export async function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason);
  enter(signal, giveUp);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    leave(signal, giveUp);
  }
}

function enter(signal: AbortSignal, giveUp: () => void): void {
  if (signal.aborted) return giveUp();
  const known = waiting.get(signal);
  if (known) return void known.giveUps.add(giveUp);
  const giveUps = new Set([giveUp]);
  const listener = (): void => {
    for (const each of giveUps) each();
  };
  waiting.set(signal, { giveUps, listener });
  signal.addEventListener('abort', listener, { once: true });
}

/** The last one takes the listener along: a timeout that is listened to is kept until it is over. */
function leave(signal: AbortSignal, giveUp: () => void): void {
  const known = waiting.get(signal);
  known?.giveUps.delete(giveUp);
  if (known?.giveUps.size !== 0) return;
  waiting.delete(signal);
  signal.removeEventListener('abort', known.listener);
}
