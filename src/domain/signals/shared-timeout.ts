/**
 * Gives out signals that abort after so long, at most `sharedForMs` earlier: what asks within that time shares one, since a timer of its own
 * for each of thousands a second takes longer than what it watches.
 */
export function sharedTimeout(withinMs: number, sharedForMs: number): () => AbortSignal {
  let shared: AbortSignal | undefined;
  return () => {
    if (!shared) {
      shared = AbortSignal.timeout(withinMs);
      setTimeout(() => {
        shared = undefined;
      }, sharedForMs).unref();
    }
    return shared;
  };
}
