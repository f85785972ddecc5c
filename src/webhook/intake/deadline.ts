/** Below the ten seconds after which Alertmanager gives up and sends the same body again. */
const STORE_WITHIN_MS = 5000;
const SHARED_FOR_MS = 250;

/**
 * Until when the store has to answer. Requests that come together share one signal, which gives the last of them a little less: a timer of
 * its own for each takes longer than to read its alert.
 */
export function storeDeadlines(): () => AbortSignal {
  let shared: AbortSignal | undefined;
  return () => {
    if (!shared) {
      shared = AbortSignal.timeout(STORE_WITHIN_MS);
      setTimeout(() => {
        shared = undefined;
      }, SHARED_FOR_MS).unref();
    }
    return shared;
  };
}
