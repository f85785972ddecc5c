import type { NotificationCounters } from '../ports/alertmanager.ts';
import { excerpt } from '../text/excerpt.ts';
import { mutedMessage } from './api-findings.ts';
import { budgetText, elapsed } from './elapsed.ts';
import type { CanaryEvidence, CanaryVerdict, Policy, ReplicaEvidence } from './evidence.ts';
import { redirectAdvice } from './own-refusals.ts';

function at(origins: readonly string[] = []): string {
  return origins.length === 0 ? '' : ` at ${origins.join(', ')}`;
}

/** Alertmanager's counters say that notifications failed since. */
export const deliveryFailed: Policy = ({ name, growth, webhookOrigins }, { receiver }) => {
  if (!growth || (growth.failed <= 0 && growth.requestsFailed <= 0)) return undefined;
  const message = `Alertmanager ${name} could not deliver to receiver "${receiver}"${at(webhookOrigins)}: ${failureIn(growth)}. See its log, and whether the URL of the receiver reaches this operator.`;
  return { cause: 'NotDelivered', message };
};

/** More notifications began than requests have ended: the other side neither answers nor refuses. */
export const deliveryHangs: Policy = (replica, { receiver }) => {
  const { name, growth, webhookOrigins } = replica;
  if (!growth || growth.sent <= growth.requests) return undefined;
  const message = `Alertmanager ${name} sends to receiver "${receiver}"${at(webhookOrigins)} and gets no answer within ${budgetText(replica)}: a time-out. See whether its URL reaches this operator, and whether something on the way drops connections.`;
  return { cause: 'NotDelivered', message };
};

/** All that Alertmanager sent was answered with success, but not by us. */
export const deliveredElsewhere: Policy = ({ name, growth, webhookOrigins }, { receiver, publicRedirect }) => {
  if (!growth || growth.sent <= 0) return undefined;
  const counted = `Alertmanager ${name} counts success for receiver "${receiver}"${at(webhookOrigins)}, but nothing arrived here`;
  if (publicRedirect !== undefined) {
    return {
      cause: 'Redirected',
      message: `${counted}: this operator's public webhook URL answers ${publicRedirect}. ${redirectAdvice(receiver)}`,
    };
  }
  const message = `${counted}: the URL of the receiver leads to another server, or something on the way answers in our place or redirects. Point it at this operator's /api/v1/webhooks/alertmanager.`;
  return { cause: 'DeliveredElsewhere', message };
};

/** Nothing was even tried: the route has time intervals and this version does not say whether they mute it (before 0.28). */
export const probablyMuted: Policy = ({ name, growth, plan, alert, version }, { receiver }) => {
  if (growth && growth.sent > 0) return undefined;
  if (alert?.state.state === 'unprocessed' || (alert && saysMuting(version))) return undefined;
  const end = plan?.ends.find(route => route.receiver === receiver);
  const intervals = [...(end?.muteTimeIntervals ?? []), ...(end?.activeTimeIntervals ?? [])];
  return intervals.length === 0 ? undefined : { cause: 'Muted', message: mutedMessage(name, receiver, intervals) };
};

function saysMuting(version: string | undefined): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  return Number(major) > 0 || Number(minor) >= 28;
}

/** What is left: Alertmanager has the canary and we do not. Never undefined. */
export function notDelivered(replica: ReplicaEvidence, { receiver }: CanaryEvidence): CanaryVerdict {
  const { name, growth, back } = replica;
  const tried = growth ? 'and Alertmanager has not tried to send it' : 'and its metrics could not be read to say why';
  const elsewhere = back?.receiver === undefined ? '' : ` (only "${excerpt(back.receiver)}" brought it)`;
  const message = `The canary of Alertmanager ${name} did not come back from receiver "${receiver}"${elsewhere} within ${budgetText(replica)}, ${tried}. ${waitingFor(replica)}`;
  return { cause: 'NotDelivered', message };
}

function waitingFor({ plan }: ReplicaEvidence): string {
  return plan?.joins ? joinsAdvice(plan.joins.groupIntervalMs) : 'See whether the receiver has a webhook, and the log of Alertmanager.';
}

/** The canary shares a group with real alerts, so that it waits for the group's next turn. */
export function joinsAdvice(groupIntervalMs: number): string {
  return `It joins a group of real alerts, which is notified every ${elapsed(groupIntervalMs)} (group_interval): let its route group by a label other than severity that the probe does not fix, or by '...'.`;
}

const REASONS: Readonly<Record<string, string>> = {
  clientError: 'the receiver answered 4xx',
  serverError: 'the receiver answered 5xx',
  authError: 'the receiver answered 401 or 403 (auth)',
  rateLimited: 'the receiver answered 429',
  contextDeadlineExceeded: 'a time-out',
  contextCanceled: 'it was cut off',
  other: 'no connection',
};

/** Reasons exist from 0.26 on. Before, only what a 4xx ends at once and what anything else repeats tell them apart. */
function failureIn({ failed, requestsFailed, failedByReason }: NotificationCounters): string {
  const reasons = Object.entries(failedByReason).flatMap(([reason, count]) =>
    count > 0 ? [`${REASONS[reason] ?? reason} (${reason})`] : [],
  );
  if (reasons.length > 0) return reasons.join(', ');
  if (failed <= 0) return `${requestsFailed} attempts failed and it tries on, so the receiver answers 5xx or cannot be reached`;
  if (requestsFailed > 0 && requestsFailed <= failed) return 'it gave up after the first attempt, so the receiver answers 4xx';
  return requestsFailed === 0
    ? 'a time-out'
    : `it gave up after ${requestsFailed} attempts, so the receiver answers 5xx or cannot be reached`;
}
