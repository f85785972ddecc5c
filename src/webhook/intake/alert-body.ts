import { z } from 'zod';
import type { IncomingAlert } from '../../domain/drills/alert.ts';
import { unquoteReceiver } from '../../domain/drills/receiver.ts';
import { parsedJson } from '../../domain/text/json.ts';
import { isTooDeep, withoutDeepFields } from './depth.ts';

/** One alert of a body: fit to be recognised and stored, or what is wrong with it. */
export type ParsedAlert =
  | { readonly is: 'alert'; readonly alert: IncomingAlert; readonly stored: Readonly<Record<string, unknown>> }
  | { readonly is: 'bad'; readonly error: string };

export type ParsedBody =
  | {
      readonly is: 'alerts';
      readonly alerts: readonly ParsedAlert[];
      /** What the payload says around its alerts. */
      readonly envelope: Readonly<Record<string, unknown>>;
      /** As configured, not as Alertmanager quotes it. */
      readonly receiver?: string;
    }
  | { readonly is: 'no-alert'; readonly reason: string }
  | { readonly is: 'too-much'; readonly reason: string };

/** All alerts of a body are stored by one command: more of them than its arguments may be would be refused for ever. */
const MOST_ALERTS = 20_000;
/** What a body says around its alerts is stored with each of them: a body of 8 MiB must not become a terabyte. */
const MOST_CHARACTERS_AROUND = 64 * 1024 * 1024;

/** What is no text where a text should be: it says nothing, and the alert beside it must not be lost for it. */
const MaybeText = z.string().optional().catch(undefined);

/** Senders of all kinds put numbers, booleans, null and whole objects into labels; null says that the label is not there. */
const Labels = z.record(z.string(), z.unknown()).transform(labels => {
  const pairs = Object.entries(labels).flatMap(([name, value]) => (value === null ? [] : [[name, labelText(value)] as const]));
  return Object.fromEntries(pairs);
});

const Status = z
  .string()
  .transform(text => text.trim().toLowerCase())
  .pipe(z.enum(['firing', 'resolved'], { error: 'must be firing or resolved' }));

/** Alertmanager's template.Alert (API v4), with every field but the labels optional. */
const Alert = z.looseObject({
  status: z.preprocess(value => (typeof value === 'string' ? value : undefined), Status.optional()),
  labels: Labels.refine(labels => Object.keys(labels).length > 0, 'an alert has at least one label'),
  annotations: Labels.optional().catch(undefined),
  startsAt: MaybeText,
  endsAt: MaybeText,
});

/** A list of alerts is one whatever stands beside it: taken for anything else, its alerts would be lost. */
const Envelope = z.looseObject({
  status: MaybeText,
  receiver: MaybeText,
  alerts: z.array(z.unknown()),
});

/** One alert by itself, its name beside its labels. */
const Flat = z.looseObject({
  alertname: z
    .union([z.string().min(1), z.number()])
    .transform(String)
    .optional()
    .catch(undefined),
  labels: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** Reads what Alertmanager, SigNoz or a simpler sender posted. Never throws. */
export function parseAlertBody(raw: Uint8Array): ParsedBody {
  const body = parsedJson(new TextDecoder().decode(raw));
  if (body === undefined) return { is: 'no-alert', reason: raw.length === 0 ? 'the body is empty' : 'the body is not JSON' };
  const envelope = Envelope.safeParse(body);
  if (envelope.success) return severalAlerts(envelope.data);
  const flat = Flat.safeParse(body);
  if (!flat.success || (flat.data.alertname === undefined && !flat.data.labels)) {
    return {
      is: 'no-alert',
      reason: 'the body is neither an Alertmanager webhook (an object with a list "alerts") nor one alert with "alertname" or "labels"',
    };
  }
  return oneAlert(flat.data);
}

function severalAlerts({ alerts, ...given }: z.infer<typeof Envelope>): ParsedBody {
  const envelope = withoutDeepFields(given);
  const around = JSON.stringify(envelope).length * alerts.length;
  if (alerts.length > MOST_ALERTS || around > MOST_CHARACTERS_AROUND) {
    return { is: 'too-much', reason: `the body holds ${alerts.length} alerts, which is too much at once; set max_alerts on the receiver` };
  }
  const fallback = Status.safeParse(given.status).data ?? 'firing';
  const parsed = alerts.map((alert, n) => parseAlert(alert, { fallback, at: `alerts[${n}]` }));
  const [first] = parsed;
  if (first?.is === 'bad' && parsed.every(({ is }) => is === 'bad')) return { is: 'no-alert', reason: first.error };
  const { receiver } = given;
  return { is: 'alerts', alerts: parsed, envelope, ...(receiver !== undefined && { receiver: unquoteReceiver(receiver) }) };
}

function oneAlert({ alertname, labels, ...rest }: z.infer<typeof Flat>): ParsedBody {
  const alert = { ...rest, labels: { ...(alertname !== undefined && { alertname }), ...labels } };
  const parsed = parseAlert(alert, { fallback: 'firing', at: 'the alert' });
  return parsed.is === 'bad' ? { is: 'no-alert', reason: parsed.error } : { is: 'alerts', alerts: [parsed], envelope: {} };
}

function parseAlert(given: unknown, { fallback, at }: { fallback: 'firing' | 'resolved'; at: string }): ParsedAlert {
  const { success, data, error } = Alert.safeParse(given);
  if (!success) return { is: 'bad', error: sentence(at, error) };
  const { status = fallback, labels, annotations, startsAt, endsAt, ...rest } = data;
  const alert = { status, labels, annotations: annotations ?? {} };
  return { is: 'alert', alert, stored: { ...withoutDeepFields(rest), ...alert, ...time('startsAt', startsAt), ...time('endsAt', endsAt) } };
}

/** A value that is nested too deep stands for itself in words: without it the label would be missing, which may say something else. */
function labelText(value: unknown): string {
  if (typeof value === 'string') return value;
  return isTooDeep(value) ? 'a value that is nested too deep' : JSON.stringify(value);
}

function sentence(at: string, { issues: [issue] }: z.ZodError): string {
  const path = (issue?.path ?? []).map(step => `.${String(step)}`).join('');
  return `${at}${path}: ${issue?.message ?? 'invalid'}`;
}

const NAIVE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)$/;

/** A time without a zone is taken for UTC; one that is no time is left out rather than the alert with it. */
function time(field: string, text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  const zoned = text.trim().replace(NAIVE, '$1T$2Z');
  return Number.isNaN(Date.parse(zoned)) ? {} : { [field]: zoned };
}
