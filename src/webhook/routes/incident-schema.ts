import { z } from 'zod';
import { RUN_PHASES } from '../../crds/repairrun/status.ts';
import { ALERT_SOURCES, SEVERITIES } from '../../domain/alerts/alert.ts';
import { ESCALATIONS } from '../../domain/incidents/escalation.ts';
import { DELIVERY_STATES, HAPPENINGS, INCIDENT_STATUSES } from '../../domain/incidents/incident.ts';

export const Source = z.enum(ALERT_SOURCES);
export const Severity = z.enum(SEVERITIES);
export const Status = z.enum(INCIDENT_STATUSES);
const Time = z.string().meta({ format: 'date-time' });
const Url = z.string().nullable();
const Texts = z.record(z.string(), z.string());

const Frequency = z
  .object({ last_1h: z.int(), last_24h: z.int(), last_7d: z.int(), last_30d: z.int() })
  .describe('How often the anomaly occurred, in this incident and earlier ones, in the windows that end with its newest occurrence.');

const Timeline = z.array(
  z.object({
    at: Time,
    what: z.enum(HAPPENINGS),
    who: z.string().describe('A person or a token by name, `operator`, or the sender of the alert.'),
    detail: z.string().nullable(),
  }),
);

const Deliveries = z.array(
  z.object({
    channel: z.string(),
    state: z.enum(DELIVERY_STATES),
    at: Time.describe('Of the last change of state, or of the last attempt.'),
    since: Time.nullable().describe('Since when it waits, while it is pending.'),
    due: Time.nullable().describe('When it comes again, while it was put off.'),
    attempts: z.int().describe('That failed.'),
    reason: z.string().nullable().describe('Why it was skipped, or why the last attempt failed.'),
    message_id: z.string().nullable().describe('Of the message in Telegram, the note in Sentry, or the delivery of the outgoing webhook.'),
  }),
);

const Analysis = z.object({
  by: z.string().describe('The name of the model, or `rules`.'),
  asked: z.enum(['model', 'rules']),
  because: z.string().nullable().describe('Why the rules spoke, where a model should have.'),
  root_cause: z.string(),
  impact: z.string(),
  fix: z.string(),
  prevention: z.string(),
  confidence: z.number().describe('0 to 1.'),
  at: Time,
});

const Repairs = z
  .array(
    z.object({
      approval_id: z.string().describe('By which /api/v1/approvals names it.'),
      run: z.string().describe('NAMESPACE/NAME of the RepairRun.'),
      playbook: z.string(),
      summary: z.string().describe('What is done.'),
      tier: z.int().describe('How far it reaches, 1 to 4.'),
      phase: z.enum(RUN_PHASES),
      detail: z.string().describe('How it stands.'),
      waits_for: z
        .enum(['approval', 'people'])
        .nullable()
        .describe('For an approval, or for a person who says whether what was asked of people helped.'),
      expires_at: Time.nullable().describe('Until when it waits for its approval.'),
      by: z.string().nullable().describe('Who decided about it last: a person by name, or `gate`.'),
      updated_at: Time,
    }),
  )
  .describe('Oldest first.');

/** What the API answers of an incident (domain/incidents/incident-view.ts). */
export const IncidentBody = z.object({
  id: z.string(),
  anomaly_key: z.string().describe('Which kind of trouble it is, whatever pod or instance it met.'),
  source: Source,
  alertname: z.string(),
  severity: Severity.describe('The most urgent that any of its alerts had.'),
  status: Status,
  opened_at: Time,
  started_at: Time.nullable().describe('When the trouble of its newest occurrence began, where the sender says so.'),
  updated_at: Time,
  acknowledged_at: Time.nullable(),
  resolved_at: Time.nullable(),
  first_seen: Time,
  last_seen: Time,
  occurrences: z.int().describe('Of this incident.'),
  frequency: Frequency,
  escalation: z.enum(ESCALATIONS).describe('How pressing the anomaly has become by coming again.'),
  firing: z.int().describe('How many of its alerts fire.'),
  fingerprint: z.string().describe('Of the alert of its newest occurrence, as its sender gives it: what it is traced by.'),
  labels: Texts.describe('Of its newest occurrence.'),
  annotations: Texts,
  links: z.object({ generator: Url, runbook: Url, signoz_rule: Url, sentry_issue: Url }),
  analysis: Analysis.nullable(),
  silence: z.object({ id: z.string(), by: z.string(), ends_at: Time }).nullable(),
  repairs: Repairs,
  timeline: Timeline,
  deliveries: Deliveries,
});

export const TraceBody = z.object({
  alert: z.string(),
  entries: z
    .array(
      z.object({
        at: Time,
        replica: z.string().describe('Which of the operator took it.'),
        source: Source,
        status: z.enum(['firing', 'resolved']),
        outcome: z.enum(['accepted', 'deduplicated', 'ignored']),
        incident_id: z.string().nullable(),
        detail: z.string().nullable().describe('What it was deduplicated against, or why it was ignored.'),
      }),
    )
    .describe('What was received, newest first.'),
  incidents: z.array(IncidentBody).describe('The incidents that it is in, with their deliveries.'),
  watchdogs: z
    .array(
      z.object({
        source: z.enum(['alertmanager', 'signoz']),
        labels: Texts,
        status: z.enum(['firing', 'resolved']),
        at: Time.describe('When it was last heard.'),
        broken_since: Time.nullable().describe('Null while its chain counts as whole.'),
        incident_id: z.string().nullable().describe('Of the incident that its chain is broken, while it is.'),
      }),
    )
    .describe('The Watchdogs of this name or fingerprint: a Watchdog is taken as a sign of life, and its messages are not traced.'),
});

export const DeliveriesBody = z.object({
  waiting: z.int().describe('How much waits to be told.'),
  dead: z.int().describe('How much was given up.'),
  oldest: Time.nullable().describe('Since when the oldest of it waits; null where nothing does.'),
  longest_waiting: z
    .array(
      z.object({
        incident_id: z.string(),
        channel: z.string(),
        since: Time,
        due: Time.nullable().describe('When it comes again, while it was put off.'),
        attempts: z.int(),
        reason: z.string().nullable().describe('Why the last attempt failed.'),
      }),
    )
    .describe('Of what waits, the oldest.'),
  dead_letters: z.array(
    z.object({ incident_id: z.string(), channel: z.string(), since: Time, died_at: Time, attempts: z.int(), reason: z.string() }),
  ),
});
