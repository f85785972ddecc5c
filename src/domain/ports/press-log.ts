/** `ours`: to do, by the caller. `others`: somebody is doing it, or died doing it: ask again. `done`: nothing is left to do. */
export type PressClaim = 'ours' | 'others' | 'done';

/** How long a claim holds without a deed: longer than any deed may take. Whoever dies meanwhile leaves the press to the next that gets it. */
export const PRESS_CLAIMED_MS = 60_000;

/** Presses that are being handled, and those that were, for longer than Telegram sends them again. */
export interface PressLog {
  claim(pressId: string, signal: AbortSignal): Promise<PressClaim>;
  done(pressId: string, signal: AbortSignal): Promise<void>;
  /** Lets it be claimed again at once: what it asked for was not done. */
  release(pressId: string, signal: AbortSignal): Promise<void>;
}
