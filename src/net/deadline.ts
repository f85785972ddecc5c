import { NetError } from './net-error.ts';

export interface Deadline {
  readonly deadlineMs: number;
  /** The caller's own; a TimeoutError as its reason reads as `timed-out`, anything else as `aborted`. */
  readonly signal: AbortSignal | undefined;
}

/** Runs the work until it ends, the deadline is over or the caller gives up, whichever is first, and leaves no timer or listener behind. */
export async function withDeadline<T>({ deadlineMs, signal }: Deadline, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (signal?.aborted) throw callersEnd(signal);
  const both = new AbortController();
  const onAbort = (): void => both.abort(callersEnd(signal));
  const timer = setTimeout(() => both.abort(new NetError('timed-out', `no whole answer within ${deadlineMs} ms`)), deadlineMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    // Raced, not only signalled: name resolution cannot be called off.
    return await Promise.race([work(both.signal), aborted(both.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Rejects with the signal's reason; never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted')), { once: true });
  });
}

function callersEnd(signal: AbortSignal | undefined): NetError {
  const timedOut = signal?.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return timedOut ? new NetError('timed-out', 'no whole answer within the time left') : new NetError('aborted', 'the call was given up');
}
