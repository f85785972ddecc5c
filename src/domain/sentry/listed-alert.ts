import type { Alert } from '../alerts/alert.ts';
import type { SentryListedIssue } from '../ports/sentry.ts';
import { issueMessage } from './issue-message.ts';
import { sentryAlert } from './sentry-alert.ts';

/** An issue of Sentry's list as the alert that was missed: it fires, and no event of it is named. Undefined where nothing can be made of it. */
export function listedAlert({ id, body }: SentryListedIssue): Alert | undefined {
  const message = issueMessage('issue', { action: 'unresolved', data: { issue: { ...body, id } } });
  const made = message && sentryAlert(message, { isUnverified: false });
  return made?.is === 'alert' ? made.alert : undefined;
}
