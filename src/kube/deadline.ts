/** A signal that fires with the caller's or after `ms`, and says afterwards which it was. `clear` belongs in a finally. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: boolean;
  /** Ends with the work or with the signal, whichever is first: not all work can be called off. */
  race<T>(work: Promise<T>): Promise<T>;
  clear(): void;
}

/** Unlike AbortSignal.any with AbortSignal.timeout, leaves no timer or listener behind on a caller's long-lived signal. */
export function deadline(ms: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  over.catch(() => undefined);
  let passed = false;
  const end = (): void => {
    controller.abort();
    reject(controller.signal.reason);
  };
  const timer = setTimeout(() => {
    passed = true;
    end();
  }, ms);
  if (caller?.aborted) end();
  caller?.addEventListener('abort', end, { once: true });
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    race: work => Promise.race([work, over]),
    clear() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', end);
    },
  };
}
