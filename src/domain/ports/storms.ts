import type { Severity } from '../alerts/alert.ts';
import type { StormCounts } from '../cards/storm-card.ts';
import type { SentCard } from './cards.ts';

/** An incident that opened or re-opened; `key` tells each time from the next. */
export interface NewIncident {
  readonly key: string;
  readonly at: Date;
}

/** An incident of a storm. */
export interface StormMember {
  readonly key: string;
  readonly name: string;
  readonly severity: Severity;
  /** The storm that an earlier call answered. */
  readonly joined?: string;
}

/** The running storm of a chat, with one of its incidents. */
export interface Storm {
  readonly id: string;
  /** As how many-th this incident was counted. */
  readonly place: number;
  /** How many the card shows. */
  readonly shown: number;
  readonly card?: SentCard;
}

/** What its card is to show, and the card that stands. */
export interface StormSum {
  readonly counts: StormCounts;
  readonly card?: SentCard;
}

/**
 * Storms of new incidents, over all replicas: how many open within a minute, and what the one card of each chat counts then. A storm ends once
 * its card shows all of it and nothing came for a while. Failures are PortError('unavailable'); every operation may be repeated.
 */
export interface Storms {
  /** Counts it once, and says how many opened in the minute that ends with it. */
  opened(incident: NewIncident, signal: AbortSignal): Promise<number>;
  /**
   * Counts it in the storm of this chat, once; begins one where there is none. Undefined where the storm that it joined earlier is over:
   * then its card has shown it.
   */
  join(chat: string, member: StormMember, signal: AbortSignal): Promise<Storm | undefined>;
  /** True for one caller at a time, who then sends or edits the card; for at most so long. */
  claim(chat: string, of: { readonly stormId: string; readonly forMs: number }, signal: AbortSignal): Promise<boolean>;
  /**
   * All that is counted by now; undefined where it is over. Takes its time with many names: only for whoever has claimed the card and may
   * send.
   */
  sum(chat: string, stormId: string, signal: AbortSignal): Promise<StormSum | undefined>;
  /** The claim ends. With `showing`, the card shows so many from now on. */
  release(
    chat: string,
    of: { readonly stormId: string; readonly showing?: { readonly card: SentCard; readonly count: number } },
    signal: AbortSignal,
  ): Promise<void>;
}
