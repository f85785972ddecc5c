/** A signal that fires with the caller's or after `ms`, and says afterwards which it was. `clear` belongs in a finally. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly passed: boolean;
  clear(): void;
}

/** Unlike AbortSignal.any with AbortSignal.timeout, leaves no timer or listener behind on a caller's long-lived signal. */
export function deadline(ms: number, caller?: AbortSignal): Deadline {
  const controller = new AbortController();
  let passed = false;
  const timer = setTimeout(() => {
    passed = true;
    controller.abort();
  }, ms);
  const follow = (): void => controller.abort();
  if (caller?.aborted) follow();
  caller?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    clear() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', follow);
    },
  };
}
