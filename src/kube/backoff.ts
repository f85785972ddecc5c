/** How waits grow: `baseMs · 2^attempt`, at most `capMs`, each spread by ± `jitter` (a share: 0.2 is ± 20 %). */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  readonly jitter: number;
}

/** The wait in milliseconds before the retry that follows failure number `attempt` (0 is the first). `random` gives [0, 1). */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: () => number): number {
  const grown = Math.min(policy.capMs, policy.baseMs * 2 ** Math.max(0, attempt));
  return jittered(grown, policy.jitter, random);
}

/** `ms` spread evenly over ± `jitter` (a share of it). */
export function jittered(ms: number, jitter: number, random: () => number): number {
  return ms * (1 + jitter * (2 * random() - 1));
}
