import type { Alert, AlertSource, Severity } from '../alerts/alert.ts';
import type { Analysis, Incident, IncidentRepair, IncidentSilence, IncidentStatus, TimelineEntry } from '../incidents/incident.ts';

/** Who is told, and of what. Names of channels of the outbox. */
export interface Told {
  /** When an incident opens or re-opens. */
  readonly onOpen: readonly string[];
  /** At every other change. */
  readonly onChange: readonly string[];
  /** So long after an incident opened, re-opened, or became critical. */
  readonly later: readonly { readonly channel: string; readonly afterMs: number }[];
}

export interface Ingest {
  readonly alert: Alert;
  /** Of the incident that is opened, should one be: `incidentId(…)`. */
  readonly newId: string;
  readonly told: Told;
  /** So long an incident stays open after its last alert resolved; 0 resolves it at once. */
  readonly settleMs: number;
}

/** What became of one alert. */
export type Ingested =
  | { readonly is: 'accepted'; readonly incidentId: string; readonly isNew: boolean }
  /** `against` completes the sentence "the same as …". The incident may be gone by age. */
  | { readonly is: 'deduplicated'; readonly incidentId?: string; readonly against: string }
  | { readonly is: 'ignored'; readonly reason: string };

export interface IncidentQuery {
  readonly status?: IncidentStatus;
  readonly source?: AlertSource;
  readonly severity?: Severity;
  readonly anomalyKey?: string;
  readonly name?: string;
  readonly openedSince?: Date;
  readonly openedUntil?: Date;
  readonly limit: number;
  /** As an earlier page gave it; PortError('rejected') for any other text. */
  readonly cursor?: string;
}

/** Newest first by the time of opening. A page may hold fewer than asked for; only without `next` is it the last. */
export interface IncidentPage {
  readonly incidents: readonly Incident[];
  readonly next?: string;
}

/** One message of a sender about an alert, and what was made of it. */
export interface TraceEntry {
  readonly at: Date;
  readonly replica: string;
  readonly source: AlertSource;
  readonly status: 'firing' | 'resolved';
  readonly outcome: 'accepted' | 'deduplicated' | 'ignored';
  readonly incidentId?: string;
  /** What it was deduplicated against, or why it was ignored. */
  readonly detail?: string;
}

/** Whether the incident is there, and whether this call changed it; a second one like it does not. */
export type Changed = { readonly is: 'changed' | 'unchanged'; readonly incident: Incident } | { readonly is: 'missing' };

/** An incident whose alerts have all resolved, waiting for the end of its settling time. */
export interface Settling {
  readonly id: string;
  readonly source: AlertSource;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Incidents, the counter of their anomalies, and what is to be told of them. Every time is the store's own clock, so that the replicas'
 * clocks do not matter. Every change raises the revision and puts the channels of `told` into the outbox, in the same step.
 * Failures are PortError('unavailable'); every operation may be repeated.
 */
export interface IncidentStore {
  /** Each alert atomically, in order; resolves once the store holds them all, with one answer each. */
  ingest(alerts: readonly Ingest[], signal: AbortSignal): Promise<readonly Ingested[]>;
  find(id: string, signal: AbortSignal): Promise<Incident | undefined>;
  /** The one that the anomaly opened last, asked for at once however many incidents there are. */
  newest(anomalyKey: string, signal: AbortSignal): Promise<Incident | undefined>;
  list(query: IncidentQuery, signal: AbortSignal): Promise<IncidentPage>;
  /** An open incident becomes acknowledged. */
  acknowledge(id: string, by: { readonly who: string; readonly tell: readonly string[] }, signal: AbortSignal): Promise<Changed>;
  /** An open or acknowledged incident becomes resolved, whatever its alerts do. */
  resolve(id: string, by: { readonly who: string; readonly tell: readonly string[] }, signal: AbortSignal): Promise<Changed>;
  /** Replaces an earlier analysis. */
  analysed(id: string, of: { readonly analysis: Analysis; readonly tell: readonly string[] }, signal: AbortSignal): Promise<Changed>;
  /** Undefined ends it: where `ended` is given only the one with that id, since a newer one may stand by now. */
  silenced(
    id: string,
    of: { readonly silence: IncidentSilence | undefined; readonly ended?: string; readonly who: string; readonly tell: readonly string[] },
    signal: AbortSignal,
  ): Promise<Changed>;
  /**
   * Notes how a repair stands, each by its approvalId: unchanged where that is known already, or is older than what is known by `updatedAt`.
   * Of more than 20 the oldest that has ended is forgotten. The timeline tells when it was proposed, started and ended.
   */
  repairing(id: string, of: { readonly repair: IncidentRepair; readonly tell: readonly string[] }, signal: AbortSignal): Promise<Changed>;
  /** Adds to the timeline and tells nobody. */
  note(id: string, entry: Omit<TimelineEntry, 'at'>, signal: AbortSignal): Promise<void>;
  /** Incidents whose settling time is over, at most `limit` of each partition. */
  settled(limit: number, signal: AbortSignal): Promise<readonly Settling[]>;
  /** Resolves one of them unless an alert fires again. */
  autoResolve(id: string, tell: readonly string[], signal: AbortSignal): Promise<Changed>;
  /**
   * Looks at it again after so long; without `forMs` whoever holds it does, whether it settles or not. Held for the same reason again it is
   * unchanged.
   */
  holdOpen(
    id: string,
    of: { readonly forMs?: number; readonly detail: string; readonly tell: readonly string[] },
    signal: AbortSignal,
  ): Promise<Changed>;
  /** Resolves it and all of its alerts, of whose end their sender said nothing; not where anything has changed since that revision. */
  endUnheard(
    id: string,
    of: { readonly revision: number; readonly detail: string; readonly tell: readonly string[] },
    signal: AbortSignal,
  ): Promise<Changed>;
  /** What came of the alert with this fingerprint, newest first; empty for none. */
  trace(fingerprint: string, signal: AbortSignal): Promise<readonly TraceEntry[]>;
}
