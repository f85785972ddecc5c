/** Presses that were handled, kept for as long as Telegram may send them again. */
export interface PressLog {
  /** True for the first caller with this id. */
  first(pressId: string, signal: AbortSignal): Promise<boolean>;
  /** Lets it be handled again: what it asked for was not done. */
  forget(pressId: string, signal: AbortSignal): Promise<void>;
}
