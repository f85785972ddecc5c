import { z } from 'zod';
import { ALERT_SOURCES, type Links, SEVERITIES } from '../../../domain/alerts/alert.ts';
import {
  type Analysis,
  type Delivery,
  DELIVERY_STATES,
  HAPPENINGS,
  INCIDENT_STATUSES,
  type Incident,
  type TimelineEntry,
} from '../../../domain/incidents/incident.ts';
import { PortError } from '../../../domain/ports/port-error.ts';
import { parsed } from '../schema.ts';
import { repairsFrom } from './stored-repair.ts';

const Millis = z.coerce.number().transform(ms => new Date(ms));
const Count = z.coerce.number();
const Texts = z.record(z.string(), z.string());
const WHAT = 'give an incident that we wrote';

const StoredLinks = z
  .object({
    generator: z.string().optional(),
    runbook: z.string().optional(),
    signozRule: z.string().optional(),
    sentryIssue: z.string().optional(),
  })
  .transform(
    ({ generator, runbook, signozRule, sentryIssue }): Links => ({
      ...(generator !== undefined && { generator }),
      ...(runbook !== undefined && { runbook }),
      ...(signozRule !== undefined && { signozRule }),
      ...(sentryIssue !== undefined && { sentryIssue }),
    }),
  );

const StoredAnalysis = z
  .object({
    by: z.string(),
    asked: z.enum(['model', 'rules']),
    because: z.string().optional(),
    rootCause: z.string(),
    impact: z.string(),
    fix: z.string(),
    prevention: z.string(),
    confidence: z.number(),
    at: z.iso.datetime().transform(text => new Date(text)),
  })
  .transform(({ because, ...analysis }): Analysis => ({ ...analysis, ...(because !== undefined && { because }) }));

const StoredSilence = z.object({ id: z.string(), by: z.string(), endsAt: z.iso.datetime().transform(text => new Date(text)) });

const Happened = z.object({
  what: z.enum(HAPPENINGS),
  who: z.string(),
  detail: z.string().optional(),
});

const Flat = z.object({
  id: z.string(),
  anomalyKey: z.string(),
  source: z.enum(ALERT_SOURCES),
  name: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(INCIDENT_STATUSES),
  revision: Count,
  openedAt: Millis,
  /** Empty where the sender does not say it. */
  startedAt: z.union([z.literal('').transform(() => undefined), Millis]).optional(),
  updatedAt: Millis,
  acknowledgedAt: Millis.optional(),
  resolvedAt: Millis.optional(),
  quietSince: Millis.optional(),
  endedAt: Millis.optional(),
  firstSeen: Millis,
  lastSeen: Millis,
  occurrences: Count,
  last1h: Count,
  last24h: Count,
  last7d: Count,
  last30d: Count,
  firing: Count,
  fingerprint: z.string(),
  labels: z.string(),
  annotations: z.string(),
  links: z.string(),
  analysis: z.string().optional(),
  silence: z.string().optional(),
});

/** Hash, timeline and deliveries, as the scripts give them. */
export const StoredSnapshot = z.tuple([z.array(z.string()), z.array(z.string()), z.array(z.string())]);

/** Undefined where the incident is gone. */
export function incidentFrom([fields, timeline, deliveries]: z.infer<typeof StoredSnapshot>): Incident | undefined {
  if (fields.length === 0) return undefined;
  const named = pairs(fields);
  const stored = Flat.safeParse(Object.fromEntries(named));
  if (!stored.success) throw new PortError('unavailable', `Redis did not ${WHAT}: ${z.prettifyError(stored.error)}`);
  const {
    last1h,
    last24h,
    last7d,
    last30d,
    labels,
    annotations,
    links,
    analysis,
    silence,
    startedAt,
    acknowledgedAt,
    resolvedAt,
    quietSince,
    endedAt,
    ...plain
  } = stored.data;
  return {
    ...plain,
    ...(startedAt !== undefined && { startedAt }),
    ...(acknowledgedAt !== undefined && { acknowledgedAt }),
    ...(resolvedAt !== undefined && { resolvedAt }),
    ...(quietSince !== undefined && { quietSince }),
    ...(endedAt !== undefined && { endedAt }),
    frequency: { last1h, last24h, last7d, last30d },
    labels: labelsFrom(labels),
    annotations: labelsFrom(annotations),
    links: parsed(WHAT, StoredLinks, links),
    ...(analysis !== undefined && { analysis: parsed(WHAT, StoredAnalysis, analysis) }),
    ...(silence !== undefined && { silence: parsed(WHAT, StoredSilence, silence) }),
    repairs: repairsFrom(named),
    timeline: [{ at: plain.openedAt, what: 'opened', who: plain.source }, ...timeline.map(timelineEntry)],
    deliveries: deliveriesFrom(deliveries),
  };
}

export function labelsFrom(text: string): Record<string, string> {
  return parsed(WHAT, Texts, text);
}

/** `MILLISECONDS JSON` */
function timelineEntry(text: string): TimelineEntry {
  const blank = text.indexOf(' ');
  const { detail, ...entry } = parsed(WHAT, Happened, text.slice(blank + 1));
  return { at: new Date(Number(text.slice(0, blank))), ...entry, ...(detail !== undefined && { detail }) };
}

const STATES = z.enum(DELIVERY_STATES);

function deliveriesFrom(flat: readonly string[]): Delivery[] {
  const fields = new Map(pairs(flat));
  return [...fields].flatMap(([channel, text]) => {
    if (channel.includes(':')) return [];
    const [state, at = '0', attempts = '0', since] = text.split('|');
    const reason = fields.get(`reason:${channel}`);
    const due = fields.get(`due:${channel}`);
    return [
      {
        channel,
        state: STATES.parse(state),
        at: new Date(Number(at)),
        attempts: Number(attempts),
        ...(state === 'pending' && since !== undefined && { since: new Date(Number(since)) }),
        ...(due !== undefined && { due: new Date(Number(due)) }),
        ...(reason !== undefined && { reason }),
        memo: memoFrom(fields.get(`memo:${channel}`)),
      },
    ];
  });
}

export function memoFrom(text: string | undefined): Record<string, string> {
  return text === undefined || text === '' ? {} : labelsFrom(text);
}

/** Fields and values in turn, as Redis gives a hash to a script. */
function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((text, n) => (n % 2 === 0 ? [[text, flat[n + 1] ?? ''] satisfies [string, string]] : []));
}
