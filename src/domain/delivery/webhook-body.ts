import type { Analysis, Incident, IncidentSilence } from '../incidents/incident.ts';

/** Rises when a field goes or changes its meaning. New fields may come at any time. */
const VERSION = 1;

/** The same for the same state of an incident, however often it is sent. */
export function deliveryId({ id, revision }: Pick<Incident, 'id' | 'revision'>): string {
  return `${id}:${revision}`;
}

/** What the outgoing webhook sends (docs/webhook.md). How other channels stand to the incident is nobody's business there. */
export function webhookBody(incident: Incident): string {
  return JSON.stringify({ version: VERSION, event: 'incident', delivery: deliveryId(incident), incident: onWire(incident) });
}

function onWire(incident: Incident): object {
  const { id, source, name, severity, status, revision, occurrences, firing, labels, annotations, timeline } = incident;
  return {
    id,
    revision,
    status,
    severity,
    source,
    alertname: name,
    anomaly_key: incident.anomalyKey,
    opened_at: incident.openedAt,
    started_at: incident.startedAt ?? null,
    updated_at: incident.updatedAt,
    acknowledged_at: incident.acknowledgedAt ?? null,
    resolved_at: incident.resolvedAt ?? null,
    first_seen: incident.firstSeen,
    last_seen: incident.lastSeen,
    occurrences,
    firing,
    ...frequencyAndLinks(incident),
    labels,
    annotations,
    analysis: incident.analysis ? analysisOnWire(incident.analysis) : null,
    silence: incident.silence ? silenceOnWire(incident.silence) : null,
    timeline: timeline.map(({ at, what, who, detail }) => ({ at, what, who, detail: detail ?? null })),
  };
}

function frequencyAndLinks({ frequency, links }: Incident): object {
  return {
    frequency: {
      last_1h: frequency.last1h,
      last_24h: frequency.last24h,
      last_7d: frequency.last7d,
      last_30d: frequency.last30d,
    },
    links: {
      generator: links.generator ?? null,
      runbook: links.runbook ?? null,
      signoz_rule: links.signozRule ?? null,
      sentry_issue: links.sentryIssue ?? null,
    },
  };
}

function analysisOnWire({ by, asked, because, rootCause, impact, fix, prevention, confidence, at }: Analysis): object {
  return { by, asked, because: because ?? null, root_cause: rootCause, impact, fix, prevention, confidence, at };
}

function silenceOnWire({ id, by, endsAt }: IncidentSilence): object {
  return { id, by, ends_at: endsAt };
}
