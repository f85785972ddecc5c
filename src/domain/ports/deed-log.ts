/** `ours`: to do, by the caller. `others`: somebody is doing it, or died doing it: ask again. `done`: nothing is left to do. */
export type DeedClaim = 'ours' | 'others' | 'done';

/** One deed has to be done within this time; Telegram waits longer for a webhook. */
export const DEED_WITHIN_MS = 20_000;

/**
 * How long a claim holds without a deed: a little longer than any deed may take. Whoever dies meanwhile leaves it to the next that is asked
 * for it. All later presses wait behind a press: Telegram sends them in order.
 */
export const DEED_CLAIMED_MS = DEED_WITHIN_MS + 5_000;

/**
 * What is to be done once and is asked for more than once: presses of buttons, and what people are told of a repair. It holds what is being
 * done, and what was, for longer than Telegram sends a press again.
 */
export interface DeedLog {
  claim(deedId: string, signal: AbortSignal): Promise<DeedClaim>;
  done(deedId: string, signal: AbortSignal): Promise<void>;
  /** Lets it be claimed again at once: it was not done. */
  release(deedId: string, signal: AbortSignal): Promise<void>;
}
