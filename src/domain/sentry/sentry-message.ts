/** What a webhook of Sentry can be about that is an alert (contracts, section 2.3). */
export type SentryKind = 'issue' | 'error' | 'event_alert' | 'activity_alert' | 'metric_alert' | 'legacy' | 'flat';

/** A webhook of Sentry, whichever of its shapes it came in. */
export interface SentryMessage {
  readonly kind: SentryKind;
  readonly action: string;
  /** Of the issue, or of a metric alert of that alert; absent where the sender names none. */
  readonly id?: string;
  readonly title: string;
  readonly level: string;
  readonly description?: string;
  readonly org?: string;
  /** The slug. Sentry's event payloads have an integer there, which says nothing. */
  readonly project?: string;
  readonly shortId?: string;
  readonly culprit?: string;
  readonly platform?: string;
  readonly firstSeen?: string;
  readonly count?: string;
  readonly eventId?: string;
  /** The name of the rule that spoke, and of a metric alert its id. */
  readonly rule?: string;
  readonly ruleId?: string;
  readonly startedAt?: Date;
  /** The page for people. */
  readonly url?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type SentryRead =
  | { readonly is: 'message'; readonly message: SentryMessage }
  /** A webhook of Sentry that is no alert. */
  | { readonly is: 'other'; readonly about: string }
  | { readonly is: 'no-webhook' };
