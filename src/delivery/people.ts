import { errandId } from '../domain/delivery/errand-id.ts';
import { type ErrandEvent, errandMessage } from '../domain/delivery/webhook-body.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { DEED_WITHIN_MS, type DeedLog } from '../domain/ports/deed-log.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Errand, People } from '../domain/ports/people.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { CarriedOut } from '../domain/ports/repairs.ts';
import type { SentryIssueRef } from '../domain/ports/sentry.ts';
import { isForPeople, waitsForPeople } from '../domain/repair/steps-of.ts';
import { errandNote } from '../domain/sentry/errand-note.ts';
import { sentryIssueOf } from '../domain/sentry/issue-ref.ts';
import type { Logger } from '../telemetry/logger.ts';
import { failureFields } from './complaint.ts';
import { type OutgoingWebhookDeps, postSigned } from './outgoing-webhook.ts';
import type { SentryCommentDeps } from './sentry-comment.ts';
import { telegramNotice, type TelegramNotice } from './telegram/notice.ts';
import type { TelegramDeps } from './telegram/settings.ts';
import { unclaimed } from './unclaimed.ts';

export interface PeopleDeps extends Pick<SentryCommentDeps, 'sentry' | 'hasToken' | 'org' | 'language'> {
  readonly incidents: Pick<IncidentStore, 'find'>;
  readonly deedLog: DeedLog;
  /** Absent where no bot or no chat is set up. */
  readonly telegram?: TelegramDeps;
  /** Absent where none is set up. */
  readonly webhook?: OutgoingWebhookDeps;
  readonly logger: Pick<Logger, 'warn'>;
}

interface Teller {
  readonly deps: PeopleDeps;
  readonly notice: TelegramNotice | undefined;
}

interface Told {
  readonly errand: Errand;
  readonly incident: Incident;
}

/** When to ask again for what somebody else is telling. */
const ASK_AGAIN_MS = 5_000;
/** What only a person can mend, and mends sooner or later. */
const FORBIDDEN_MS = 60_000;

const TELEGRAM = 'TG_BOT_TOKEN and TG_CHAT_ID';
const WEBHOOK = 'AWOOOI_OUTGOING_WEBHOOK_URL and AWOOOI_OUTGOING_WEBHOOK_SECRET';

/**
 * Tells people what a repair leaves to them: an issue is a comment on the incident's Sentry issue, or an event of the outgoing webhook; the
 * team is told in Telegram, or by the webhook; what waits for people is shown on the incident, of which the channel `telegram-repair` tells.
 *
 * An errand is claimed before people are told and noted after. Where the process dies between the two, it is told again once the claim has
 * ended, rather than never: on Sentry it is found by its marker, the webhook's receiver knows it by its X-Awoooi-Delivery, and in Telegram it
 * may stand twice.
 */
export function people(deps: PeopleDeps): People {
  const teller = { deps, notice: deps.telegram && telegramNotice(deps.telegram) };
  return {
    async tell(errand, signal) {
      if (!isForPeople(errand.action)) return refused(`${errand.action} is nothing that people are told to do.`);
      if (!waitsForPeople(errand.action)) return once(errand, teller, signal);
      const incident = await incidentOf(errand, deps, signal);
      return typeof incident === 'string' ? refused(incident) : whoAnswers(deps);
    },
  };
}

/** The incident, or why there is none. */
async function incidentOf({ incidentId }: Errand, { incidents }: PeopleDeps, signal: AbortSignal): Promise<Incident | string> {
  if (incidentId === undefined)
    return 'The run names no incident (spec.incidentId), so nobody knows whom to tell: name one in the next run.';
  const incident = await incidents.find(incidentId, signal);
  return incident ?? `Incident ${incidentId} is no longer known, so nobody knows whom to tell: see awoooi incidents list.`;
}

/** It waits for a button that is pressed: whoever is told without one could never end it. */
function whoAnswers({ telegram }: PeopleDeps): CarriedOut {
  if (telegram?.buttonSecret() !== undefined) {
    return { is: 'with-people', detail: 'People are asked in Telegram: whoever sees to it says there whether it helped.' };
  }
  return refused(
    `Nobody could say whether it helped: set ${TELEGRAM}, and TG_ALLOWED_USER_IDS to those who may (TG_UPDATES must not be off).`,
  );
}

async function once(errand: Errand, teller: Teller, signal: AbortSignal): Promise<CarriedOut> {
  const { deedLog: log, logger } = teller.deps;
  const id = errandId(errand);
  const claim = await log.claim(id, signal);
  if (claim === 'done') return { is: 'done', detail: 'People were told of it before.' };
  if (claim === 'others')
    return { is: 'waiting', reason: 'Somebody is telling people just now, or died of it.', retryAfterMs: ASK_AGAIN_MS };
  try {
    const said = await told(errand, teller, AbortSignal.any([signal, AbortSignal.timeout(DEED_WITHIN_MS)]));
    await (said.is === 'done' ? noted(id, teller.deps, signal) : unclaimed(id, { log, logger }));
    return said;
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    await unclaimed(id, { log, logger });
    if (err.fault !== 'forbidden') throw err;
    // In the words of whoever forbids it: for a run, what is forbidden else is so by the API server.
    return { is: 'waiting', reason: err.message, retryAfterMs: err.retryAfterMs ?? FORBIDDEN_MS };
  }
}

/** People have been told, whatever comes of this: the run records it as well. */
async function noted(id: string, { deedLog, logger }: PeopleDeps, signal: AbortSignal): Promise<void> {
  await deedLog.done(id, signal).catch((err: unknown) => {
    logger.warn({ deed: id, ...failureFields(err) }, 'people were told, and it could not be noted: they may be told again');
  });
}

async function told(errand: Errand, { deps, notice }: Teller, signal: AbortSignal): Promise<CarriedOut> {
  const incident = await incidentOf(errand, deps, signal);
  if (typeof incident === 'string') return refused(incident);
  if (errand.action === 'create_issue') return issueCreated({ errand, incident }, deps, signal);
  if (notice) return notice({ errand, incident }, signal);
  return (
    posted('repair-notice', { told: { errand, incident }, deps }, signal) ??
    refused(`Nobody could be told: set ${TELEGRAM}, or ${WEBHOOK}.`)
  );
}

async function issueCreated(of: Told, deps: PeopleDeps, signal: AbortSignal): Promise<CarriedOut> {
  const issue = sentryIssueOf(of.incident, deps.org);
  if (issue && deps.hasToken()) return commented(issue, { errand: of.errand, deps }, signal);
  const needs = `Nothing could create an issue: set ${WEBHOOK}, or for incidents of Sentry SENTRY_API_TOKEN.`;
  return posted('repair-issue', { told: of, deps }, signal) ?? refused(needs);
}

async function commented(
  issue: SentryIssueRef,
  { errand, deps: { sentry, language } }: { readonly errand: Errand; readonly deps: PeopleDeps },
  signal: AbortSignal,
): Promise<CarriedOut> {
  const note = errandNote(errand, language);
  if (!(await sentry.findNote(issue, note.marker, signal))) await sentry.postNote(issue, note, signal);
  return { is: 'done', detail: `It stands as a comment on Sentry issue ${issue.issueId}.` };
}

/** Undefined where there is no outgoing webhook. */
function posted(
  event: ErrandEvent,
  { told: of, deps: { webhook } }: { readonly told: Told; readonly deps: PeopleDeps },
  signal: AbortSignal,
): Promise<CarriedOut> | undefined {
  return webhook && postSigned(errandMessage(event, of), webhook, signal).then(() => sentBy(event));
}

function sentBy(event: ErrandEvent): CarriedOut {
  return { is: 'done', detail: `It was sent by the outgoing webhook (${event}).` };
}

function refused(reason: string): CarriedOut {
  return { is: 'refused', reason };
}
