import type { Incident } from '../incidents/incident.ts';
import type { SentryIssueRef } from '../ports/sentry.ts';

/** The Sentry issue of an incident; undefined where it is of none. An organization that is set wins over what the payload says. */
export function sentryIssueOf(
  { source, labels }: Pick<Incident, 'source' | 'labels'>,
  setOrg: string | undefined,
): SentryIssueRef | undefined {
  const issueId = labels['sentry_issue_id'];
  if (source !== 'sentry' || !issueId) return undefined;
  const org = setOrg ?? (labels['sentry_org'] || undefined);
  return { issueId, ...(org !== undefined && { org }) };
}
