import { hash } from 'node:crypto';
import type { Alert } from '../alerts/alert.ts';
import { anomalyKey } from '../alerts/anomaly-key.ts';
import { fitting } from '../alerts/fitting.ts';
import { cut } from '../text/cut.ts';
import { linksOf } from '../alerts/links.ts';
import { severityNamed } from '../alerts/severity.ts';
import type { SentryMessage } from './sentry-message.ts';

export type SentryAlert = { readonly is: 'alert'; readonly alert: Alert } | { readonly is: 'ignored'; readonly reason: string };

/** What the request says besides its body. */
export interface SentryRequest {
  readonly requestId?: string | undefined;
  /** Nothing but a token in its URL, if that, shows who sent it. */
  readonly isUnverified: boolean;
}

const FIRING = new Set(['created', 'triggered', 'unresolved', 'critical', 'warning', 'open', 'reopened', 'regressed']);
const RESOLVED = new Set(['resolved', 'archived', 'ignored', 'closed']);
const LONGEST_NAME = 300;
const LONGEST_TOKEN = 200;

/** The alert that a webhook of Sentry is, or why it is none. */
export function sentryAlert(message: SentryMessage, { requestId, isUnverified }: SentryRequest): SentryAlert {
  const status = FIRING.has(message.action) ? 'firing' : RESOLVED.has(message.action) ? 'resolved' : undefined;
  if (status === undefined) return { is: 'ignored', reason: `the action ${cut(message.action, 50)} changes nothing about an issue` };
  const labels = fitting(labelsOf(message, isUnverified));
  const annotations = fitting(annotationsOf(message));
  const { kind, level, eventId, startedAt, project = '' } = message;
  const identity = identityOf(message);
  const isMetric = kind === 'metric_alert';
  const occurrence = isMetric && startedAt ? String(startedAt.getTime()) : eventId;
  const alert: Alert = {
    source: 'sentry',
    status,
    name: cut(message.title, LONGEST_NAME),
    anomalyKey: anomalyKey('sentry', { alertname: anomalyName(message, identity), namespace: project }),
    fingerprint: isMetric ? `metric_alert:${identity}` : identity,
    ...(occurrence !== undefined && { occurrence: cut(occurrence, LONGEST_TOKEN, '') }),
    ...(isMetric && startedAt && { startsAt: startedAt }),
    severity: severityNamed(level) ?? 'warning',
    labels,
    annotations,
    links: linksOf({ source: 'sentry', labels, annotations, sentryIssue: message.url }),
    ...(requestId !== undefined && { requestId }),
  };
  return { is: 'alert', alert };
}

function anomalyName({ kind, ruleId }: SentryMessage, identity: string): string {
  return kind === 'metric_alert' ? `metric_alert_rule:${ruleId ?? identity}` : `issue:${identity}`;
}

/** A bridge may name no id: its title then tells it from others. */
function identityOf({ id, title, project = '' }: SentryMessage): string {
  return id === undefined ? `title-${hash('sha256', JSON.stringify([project, title]), 'hex').slice(0, 16)}` : cut(id, LONGEST_TOKEN, '');
}

function labelsOf(message: SentryMessage, isUnverified: boolean): Record<string, string> {
  const { kind, id, title, level, org, project, shortId, culprit, platform, environment, release, rule, tags } = message;
  const named = {
    alertname: cut(title, LONGEST_NAME),
    severity: undefined,
    level,
    sentry_issue_id: kind === 'metric_alert' ? undefined : id,
    sentry_metric_alert_id: kind === 'metric_alert' ? id : undefined,
    sentry_org: org,
    sentry_project: project,
    sentry_short_id: shortId,
    sentry_rule: rule,
    culprit,
    platform,
    environment,
    release,
    unverified: isUnverified ? 'true' : undefined,
  };
  // Tags first: a program can set any, and none may say it is another issue.
  return present({ ...tags, ...named });
}

function annotationsOf({ title, description, firstSeen, count, culprit }: SentryMessage): Record<string, string> {
  return present({ summary: title, description: description ?? culprit ?? title, first_seen: firstSeen, count });
}

function present(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}
