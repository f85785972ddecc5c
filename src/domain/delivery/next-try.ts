import type { Fault } from '../ports/port-error.ts';

export interface FailedTry {
  /** Undefined for what broke inside ourselves. */
  readonly fault: Fault | undefined;
  /** Failed before this one. */
  readonly attempts: number;
  readonly since: Date;
  readonly now: Date;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** Gives [0, 1). */
  readonly random: () => number;
  readonly giveUpAfterMs: number;
}

export type NextTry = { readonly is: 'again'; readonly afterMs: number } | { readonly is: 'give-up' };

const SHORTEST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
const LONGEST_FOR_A_PERSON_MS = 15 * 60_000;
/** A longer Retry-After is taken for a mistake: nobody should go untold for it. */
export const LONGEST_RETRY_AFTER_MS = 60 * 60_000;
/** All that waits for one server is told the same time: not all of it comes back at the same moment. */
const SPREAD = 0.1;

/** Time alone does not mend these. */
const FOR_A_PERSON: ReadonlySet<Fault | undefined> = new Set<Fault>(['unauthorized', 'forbidden', 'rejected', 'unsupported']);

/** When a delivery that failed is tried again. Given up only once it has waited for `giveUpAfterMs`; its last try is at about that time. */
export function nextTry({ fault, attempts, since, now, retryAfterMs, random, giveUpAfterMs }: FailedTry): NextTry {
  const leftMs = since.getTime() + giveUpAfterMs - now.getTime();
  if (leftMs <= 0) return { is: 'give-up' };
  if (retryAfterMs !== undefined) return { is: 'again', afterMs: asAsked(retryAfterMs, random) };
  const capMs = FOR_A_PERSON.has(fault) ? LONGEST_FOR_A_PERSON_MS : LONGEST_MS;
  return { is: 'again', afterMs: Math.max(SHORTEST_MS, Math.min(leftMs, fullJitter(attempts, { capMs, random }))) };
}

/** Anywhere between a second and twice as much as after the failure before. */
export function fullJitter(attempts: number, { capMs = LONGEST_MS, random }: { capMs?: number; random: () => number }): number {
  const grownMs = Math.min(capMs, SHORTEST_MS * 2 ** (Math.max(0, attempts) + 1));
  return Math.round(SHORTEST_MS + random() * (grownMs - SHORTEST_MS));
}

function asAsked(retryAfterMs: number, random: () => number): number {
  const asked = Math.min(LONGEST_RETRY_AFTER_MS, Math.max(SHORTEST_MS, retryAfterMs));
  return Math.ceil(asked * (1 + SPREAD * random()));
}
