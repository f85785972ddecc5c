/** Asks at most once in so long, and once for all who ask meanwhile. A failure is kept for nobody. */
export function keptFor<T>(keepMs: number, monotonicMs: () => number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (kept && monotonicMs() < kept.until) return kept.value;
    const value = ask();
    const mine = { value, until: monotonicMs() + keepMs };
    kept = mine;
    value.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return value;
  };
}
