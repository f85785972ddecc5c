import { z } from 'zod';
import { RUN_PHASES } from '../../crds/repairrun/status.ts';
import { ALERT_SOURCES, SEVERITIES } from '../../domain/alerts/alert.ts';
import { ESCALATIONS } from '../../domain/incidents/escalation.ts';
import { DELIVERY_STATES, HAPPENINGS, INCIDENT_STATUSES } from '../../domain/incidents/incident.ts';

const Text = z.string().nullable();
/** Of operators that do not say it yet. */
const NewText = Text.default(null);
const Source = z.enum(ALERT_SOURCES);
const Texts = z.record(z.string(), z.string());

const Analysis = z.object({
  by: z.string(),
  asked: z.enum(['model', 'rules']),
  because: Text,
  root_cause: z.string(),
  impact: z.string(),
  fix: z.string(),
  prevention: z.string(),
  confidence: z.number(),
  at: z.string(),
});

const TimelineEntry = z.object({
  at: z.string(),
  what: z.enum(HAPPENINGS),
  who: z.string(),
  detail: Text,
});

const Repair = z.object({
  approval_id: z.string(),
  run: z.string(),
  playbook: z.string(),
  summary: z.string(),
  tier: z.number(),
  phase: z.enum(RUN_PHASES),
  detail: z.string(),
  waits_for: z.enum(['approval', 'people']).nullable(),
  expires_at: Text,
  by: Text,
  updated_at: z.string(),
});

const Delivery = z.object({
  channel: z.string(),
  state: z.enum(DELIVERY_STATES),
  at: z.string(),
  since: NewText,
  due: NewText,
  attempts: z.number(),
  reason: Text,
  message_id: Text,
});

export const IncidentAnswer = z.object({
  id: z.string(),
  anomaly_key: z.string(),
  source: Source,
  alertname: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(INCIDENT_STATUSES),
  opened_at: z.string(),
  started_at: Text,
  updated_at: z.string(),
  acknowledged_at: Text,
  resolved_at: Text,
  first_seen: z.string(),
  last_seen: z.string(),
  occurrences: z.number(),
  frequency: z.object({ last_1h: z.number(), last_24h: z.number(), last_7d: z.number(), last_30d: z.number() }),
  escalation: z.enum(ESCALATIONS),
  firing: z.number(),
  fingerprint: z.string(),
  labels: Texts,
  annotations: Texts,
  links: z.object({ generator: Text, runbook: Text, signoz_rule: Text, sentry_issue: Text }),
  analysis: Analysis.nullable(),
  silence: z.object({ id: z.string(), by: z.string(), ends_at: z.string() }).nullable(),
  /** Operators of an earlier version do not say it. */
  repairs: z.array(Repair).default([]),
  timeline: z.array(TimelineEntry),
  deliveries: z.array(Delivery),
});

export const PageAnswer = z.object({ incidents: z.array(IncidentAnswer), next: Text });

export const TraceAnswer = z.object({
  alert: z.string(),
  entries: z.array(
    z.object({
      at: z.string(),
      replica: z.string(),
      source: Source,
      status: z.enum(['firing', 'resolved']),
      outcome: z.enum(['accepted', 'deduplicated', 'ignored']),
      incident_id: Text,
      detail: Text,
    }),
  ),
  incidents: z.array(IncidentAnswer),
  watchdogs: z
    .array(
      z.object({
        source: z.enum(['alertmanager', 'signoz']),
        labels: Texts,
        status: z.enum(['firing', 'resolved']),
        at: z.string(),
        broken_since: Text,
        incident_id: Text,
      }),
    )
    .default([]),
});

export const DeliveriesAnswer = z.object({
  waiting: z.number(),
  dead: z.number(),
  oldest: Text,
  longest_waiting: z
    .array(
      z.object({
        incident_id: z.string(),
        channel: z.string(),
        since: z.string(),
        due: Text,
        attempts: z.number(),
        reason: Text,
      }),
    )
    .default([]),
  dead_letters: z.array(
    z.object({
      incident_id: z.string(),
      channel: z.string(),
      since: z.string(),
      died_at: z.string(),
      attempts: z.number(),
      reason: z.string(),
    }),
  ),
});

export const RetryAnswer = z.object({ retried: z.number() });
