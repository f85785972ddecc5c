import { alertFingerprint } from '../routing/alert-fingerprint.ts';
import type { Incident } from './incident.ts';

/** The issue's id in Sentry's links, with and without the organization in the path. */
const SENTRY_ISSUE = /\/issues\/(\d+)(?:[/?#]|$)/;

/** Under which the newest alert of an incident is traced: as its sender gives it, or would. Undefined where nothing tells. */
export function fingerprintOf({ source, labels, links }: Pick<Incident, 'source' | 'labels' | 'links'>): string | undefined {
  if (source !== 'sentry') return alertFingerprint(labels);
  const { sentry_issue_id: issue, sentry_metric_alert_id: metricAlert } = labels;
  if (metricAlert !== undefined) return `metric_alert:${metricAlert}`;
  return issue ?? SENTRY_ISSUE.exec(links.sentryIssue ?? '')?.[1];
}
