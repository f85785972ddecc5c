import { sentryDrillIn } from '../../domain/drills/sentry-drill.ts';
import { readSentry } from '../../domain/sentry/read-sentry.ts';
import { sentryAlert, type SentryRequest } from '../../domain/sentry/sentry-alert.ts';
import type { SentryRead } from '../../domain/sentry/sentry-message.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import { jsonOf, noJson } from './alert-body.ts';
import { type Outcome, provesASender } from './outcome.ts';
import type { IntakePorts } from './receive.ts';
import { takeAlerts } from '../../domain/incidents/take-alerts.ts';

export interface SentryDelivery extends SentryRequest {
  readonly raw: Uint8Array;
  /** `Sentry-Hook-Resource`. */
  readonly resource: string | undefined;
  readonly at: Date;
}

export type SentryReceived = { readonly is: 'received'; readonly outcome: Outcome } | { readonly is: 'no-alert'; readonly reason: string };

const NO_WEBHOOK =
  'the body is no webhook of Sentry: it has neither data.issue, data.event, data.error nor data.metric_alert, and is none of the legacy plugin';
const LONGEST_SHOWN = 50;

/** Takes one webhook of Sentry in. Resolves only once the store holds it; throws PortError otherwise. */
export async function receiveSentry(ports: IntakePorts, delivery: SentryDelivery, signal: AbortSignal): Promise<SentryReceived> {
  const { raw, resource, at } = delivery;
  const body = jsonOf(raw);
  if (body === undefined) return noJson(raw);
  const read = readSentry(body, resource);
  if (read.is === 'no-webhook') return { is: 'no-alert', reason: NO_WEBHOOK };
  const drill = read.is === 'message' ? sentryDrillIn(read.message.id) : undefined;
  if (drill) {
    // Not live, it is still no alert: Sentry's own ids are numbers.
    if (drill.nonce !== undefined) await ports.drills.recordReturn({ nonce: drill.nonce, returnedAt: at, via: 'sentry' }, signal);
    return { is: 'received', outcome: { is: 'drill', isDirect: true } };
  }
  const outcome = await take(ports, { ...delivery, read }, signal);
  if (provesASender(outcome)) await ports.intake.touch(at, signal);
  return { is: 'received', outcome };
}

async function take(
  ports: IntakePorts,
  { read, ...request }: SentryRequest & { readonly read: Exclude<SentryRead, { is: 'no-webhook' }> },
  signal: AbortSignal,
): Promise<Outcome> {
  if (read.is === 'other') return { is: 'ignored', reason: `a webhook about ${excerpt(read.about, [], LONGEST_SHOWN)} is no alert` };
  const made = sentryAlert(read.message, request);
  if (made.is === 'ignored') return made;
  const [ingested] = await takeAlerts(ports, [made.alert], signal);
  return ingested ?? { is: 'ignored', reason: 'the store gave no answer for it' };
}
