/** `ours`: to do, by the caller. `others`: somebody is doing it, or died doing it: ask again. `done`: nothing is left to do. */
export type PressClaim = 'ours' | 'others' | 'done';

/** One press has to be done within this time; Telegram waits longer for a webhook. */
export const PRESS_WITHIN_MS = 20_000;

/**
 * How long a claim holds without a deed: a little longer than any deed may take. Whoever dies meanwhile leaves the press to the next that
 * gets it, and all later presses wait behind it: Telegram sends them in order.
 */
export const PRESS_CLAIMED_MS = PRESS_WITHIN_MS + 5_000;

/** Presses that are being handled, and those that were, for longer than Telegram sends them again. */
export interface PressLog {
  claim(pressId: string, signal: AbortSignal): Promise<PressClaim>;
  done(pressId: string, signal: AbortSignal): Promise<void>;
  /** Lets it be claimed again at once: what it asked for was not done. */
  release(pressId: string, signal: AbortSignal): Promise<void>;
}
