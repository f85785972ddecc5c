import type { AlertSource, Severity } from '../alerts/alert.ts';
import type { HeardWatchdog } from '../drills/watchdogs-of.ts';
import type { TraceEntry } from '../ports/incident-store.ts';
import type { DeadLetter, OutboxDepth, Waiting } from '../ports/outbox.ts';
import { excerpt } from '../text/excerpt.ts';
import { type Escalation, escalationOf } from './escalation.ts';
import type { Analysis, Delivery, Incident, IncidentStatus, TimelineEntry } from './incident.ts';
import { messageIdIn } from './message-id.ts';
import { type RepairView, repairView } from './repair-view.ts';

/** Incidents and what was told of them as the API shows them. Every field is always there, null where there is nothing to say. */
export interface IncidentView {
  readonly id: string;
  readonly anomaly_key: string;
  readonly source: AlertSource;
  readonly alertname: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  readonly opened_at: string;
  readonly started_at: string | null;
  readonly updated_at: string;
  readonly acknowledged_at: string | null;
  readonly resolved_at: string | null;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly occurrences: number;
  readonly frequency: { readonly last_1h: number; readonly last_24h: number; readonly last_7d: number; readonly last_30d: number };
  readonly escalation: Escalation;
  readonly firing: number;
  readonly fingerprint: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly links: LinksView;
  readonly analysis: AnalysisView | null;
  readonly silence: { readonly id: string; readonly by: string; readonly ends_at: string } | null;
  readonly repairs: RepairView[];
  readonly timeline: TimelineView[];
  readonly deliveries: DeliveryView[];
}

export interface LinksView {
  readonly generator: string | null;
  readonly runbook: string | null;
  readonly signoz_rule: string | null;
  readonly sentry_issue: string | null;
}

export interface AnalysisView {
  readonly by: string;
  readonly asked: Analysis['asked'];
  readonly because: string | null;
  readonly root_cause: string;
  readonly impact: string;
  readonly fix: string;
  readonly prevention: string;
  readonly confidence: number;
  readonly at: string;
}

export interface TimelineView {
  readonly at: string;
  readonly what: TimelineEntry['what'];
  readonly who: string;
  readonly detail: string | null;
}

export interface DeliveryView {
  readonly channel: string;
  readonly state: Delivery['state'];
  readonly at: string;
  readonly since: string | null;
  readonly due: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly message_id: string | null;
}

export interface TraceEntryView {
  readonly at: string;
  readonly replica: string;
  readonly source: AlertSource;
  readonly status: TraceEntry['status'];
  readonly outcome: TraceEntry['outcome'];
  readonly incident_id: string | null;
  readonly detail: string | null;
}

/** A Watchdog as it was last heard. */
export interface WatchdogView {
  readonly source: HeardWatchdog['source'];
  readonly labels: Record<string, string>;
  readonly status: HeardWatchdog['status'];
  readonly at: string;
  /** Since when its chain is broken, and by which incident people were told; null while it counts as whole. */
  readonly broken_since: string | null;
  readonly incident_id: string | null;
}

/** Where an alert went: what came of it, newest first, the incidents that it is in, and where it is a Watchdog when that was heard. */
export interface TraceView {
  readonly alert: string;
  readonly entries: TraceEntryView[];
  readonly incidents: IncidentView[];
  readonly watchdogs: WatchdogView[];
}

export interface DeadLetterView {
  readonly incident_id: string;
  readonly channel: string;
  readonly since: string;
  readonly died_at: string;
  readonly attempts: number;
  readonly reason: string;
}

export interface WaitingView {
  readonly incident_id: string;
  readonly channel: string;
  readonly since: string;
  readonly due: string | null;
  readonly attempts: number;
  readonly reason: string | null;
}

/** How much waits to be told, and what was given up. */
export interface DeliveriesView {
  readonly waiting: number;
  readonly dead: number;
  readonly oldest: string | null;
  readonly longest_waiting: WaitingView[];
  readonly dead_letters: DeadLetterView[];
}

export function incidentView(incident: Incident): IncidentView {
  const { id, source, severity, status, occurrences, frequency, firing } = incident;
  return {
    id,
    anomaly_key: incident.anomalyKey,
    source,
    alertname: incident.name,
    severity,
    status,
    opened_at: incident.openedAt.toISOString(),
    started_at: incident.startedAt?.toISOString() ?? null,
    updated_at: incident.updatedAt.toISOString(),
    acknowledged_at: incident.acknowledgedAt?.toISOString() ?? null,
    resolved_at: incident.resolvedAt?.toISOString() ?? null,
    first_seen: incident.firstSeen.toISOString(),
    last_seen: incident.lastSeen.toISOString(),
    occurrences,
    frequency: {
      last_1h: frequency.last1h,
      last_24h: frequency.last24h,
      last_7d: frequency.last7d,
      last_30d: frequency.last30d,
    },
    escalation: escalationOf(incident),
    firing,
    fingerprint: incident.fingerprint,
    labels: { ...incident.labels },
    annotations: { ...incident.annotations },
    links: linksView(incident),
    analysis: incident.analysis ? analysisView(incident.analysis) : null,
    silence: silenceView(incident),
    repairs: incident.repairs.map(repairView),
    timeline: incident.timeline.map(({ at, what, who, detail }) => ({ at: at.toISOString(), what, who, detail: detail ?? null })),
    deliveries: incident.deliveries.toSorted(inTurn).map(deliveryView),
  };
}

function linksView({ links }: Incident): LinksView {
  return {
    generator: links.generator ?? null,
    runbook: links.runbook ?? null,
    signoz_rule: links.signozRule ?? null,
    sentry_issue: links.sentryIssue ?? null,
  };
}

function silenceView({ silence }: Incident): IncidentView['silence'] {
  return silence ? { id: silence.id, by: silence.by, ends_at: silence.endsAt.toISOString() } : null;
}

function analysisView({ by, asked, because, rootCause, at, ...rest }: Analysis): AnalysisView {
  return { by, asked, because: because ?? null, root_cause: rootCause, ...rest, at: at.toISOString() };
}

/** In which a person looks for them; what we do not know comes last. */
const ORDER = [
  'analysis',
  'telegram',
  'telegram-repair',
  'telegram-repeat',
  'telegram-escalation',
  'sentry',
  'webhook',
  'repair',
  'silence-end',
];
const LONGEST_REASON = 1000;

function inTurn(a: Delivery, b: Delivery): number {
  const [first, second] = [a, b].map(({ channel }) => (ORDER.includes(channel) ? ORDER.indexOf(channel) : ORDER.length));
  return (first ?? 0) - (second ?? 0);
}

/** Of the memo nothing but the id of the message: it is the channel's own, and nobody has looked at what is in it. */
function deliveryView({ channel, state, at, since, due, attempts, reason, memo }: Delivery): DeliveryView {
  return {
    channel,
    state,
    at: at.toISOString(),
    since: since?.toISOString() ?? null,
    due: due?.toISOString() ?? null,
    attempts,
    reason: reason === undefined ? null : shownReason(reason),
    message_id: messageIdIn(memo) ?? null,
  };
}

/** What to do comes at the end of it. */
function shownReason(reason: string): string {
  return excerpt(reason, [], LONGEST_REASON);
}

export function traceEntryView({ at, incidentId, detail, ...rest }: TraceEntry): TraceEntryView {
  return { ...rest, at: at.toISOString(), incident_id: incidentId ?? null, detail: detail ?? null };
}

export function watchdogView({ source, labels, status, at, broken }: HeardWatchdog): WatchdogView {
  return {
    source,
    labels: { ...labels },
    status,
    at: at.toISOString(),
    broken_since: broken?.since.toISOString() ?? null,
    incident_id: broken?.incidentId ?? null,
  };
}

export function deliveriesView(
  { waiting, dead, oldest }: OutboxDepth,
  { longest, letters }: { readonly longest: readonly Waiting[]; readonly letters: readonly DeadLetter[] },
): DeliveriesView {
  return {
    waiting,
    dead,
    oldest: oldest?.toISOString() ?? null,
    longest_waiting: longest.map(waitingView),
    dead_letters: letters.map(deadLetterView),
  };
}

function waitingView({ incidentId, channel, since, due, attempts, reason }: Waiting): WaitingView {
  return {
    incident_id: incidentId,
    channel,
    since: since.toISOString(),
    due: due?.toISOString() ?? null,
    attempts,
    reason: reason === undefined ? null : shownReason(reason),
  };
}

function deadLetterView({ incidentId, channel, since, diedAt, attempts, reason }: DeadLetter): DeadLetterView {
  return {
    incident_id: incidentId,
    channel,
    since: since.toISOString(),
    died_at: diedAt.toISOString(),
    attempts,
    reason: shownReason(reason),
  };
}
