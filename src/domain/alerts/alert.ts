/** Those that send Alertmanager's body, and Watchdogs. */
export const PROMETHEUS_SENDERS = ['alertmanager', 'signoz'] as const;
export type PrometheusSender = (typeof PROMETHEUS_SENDERS)[number];

export const ALERT_SOURCES = ['alertmanager', 'signoz', 'sentry'] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

/** From the most urgent down. What a sender calls it stays in the labels. */
export const SEVERITIES = ['critical', 'error', 'warning', 'info', 'none'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where people read on; each an absolute http or https URL. */
export interface Links {
  readonly generator?: string;
  readonly runbook?: string;
  readonly signozRule?: string;
  readonly sentryIssue?: string;
}

/** One alert of any sender, in the one form that everything behind the intake works with. */
export interface Alert {
  readonly source: AlertSource;
  readonly status: 'firing' | 'resolved';
  /** The alertname; for Sentry the title of the issue. */
  readonly name: string;
  /** Which kind of trouble it is, whatever pod or instance it met: `v1-` and 16 hex digits (DESIGN.md section 5). */
  readonly anomalyKey: string;
  /** Tells this alert from others of the same anomaly: Alertmanager's fingerprint, the id of a Sentry issue. */
  readonly fingerprint: string;
  /**
   * Tells one firing of this alert from the next: the start in milliseconds, the id of a Sentry event. Absent where the sender says nothing
   * of that kind.
   */
  readonly occurrence?: string;
  /** Orders the firings of one alert, where the sender says when it began. */
  readonly startsAt?: Date;
  /** When a resolved one ended, where its sender says so. */
  readonly endsAt?: Date;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly links: Links;
  /** An id of the request itself: the same one again within a day is the same message. */
  readonly requestId?: string;
}
