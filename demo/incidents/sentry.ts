import { eventually } from '../../test/parts/eventually.ts';
import type { Received } from '../../test/servers/http-server.ts';
import { issueBody, sendSentryWebhook } from '../../test/servers/sentry-webhook.ts';
import { SENTRY_ORG, SENTRY_SECRET, type Stage } from '../stage.ts';
import type { Scene } from './section.ts';

/** The issue that the stand-in for Sentry has. */
export const EARLIER_ISSUE = '42';
/** One that comes up just before everything is killed. */
export const ISSUE_AT_KILL = '43';

/** Sentry reports an error by a signed webhook, and the analysis stands as one comment on its issue. */
export async function sentryComment({ stage, screen }: Scene): Promise<string[]> {
  screen.heading('An error in Sentry');
  const outcome = await report(stage, { issueId: EARLIER_ISSUE, title: 'TypeError: total is undefined' });
  if (!('status' in outcome) || outcome.status !== 200) return [`the webhook of Sentry was not taken: ${JSON.stringify(outcome)}`];
  const note = await screen.step('webhook, incident, analysis, comment on the issue', () =>
    eventually(() => stage.sentry.notes(EARLIER_ISSUE)[0], { withinMs: 60_000 }),
  );
  screen.good('the issue has a comment:');
  for (const line of note.text.split('\n')) screen.say(`    │ ${line}`);
  return [];
}

/** Tells the operator of an issue, as Sentry does. */
export function report(
  { operator }: Pick<Stage, 'operator'>,
  issue: { readonly issueId: string; readonly title: string },
): ReturnType<typeof sendSentryWebhook> {
  const receiver = { url: `${operator.url}/api/v1/webhooks/sentry/error`, clientSecret: SENTRY_SECRET };
  const event = { ...issue, at: new Date(), org: SENTRY_ORG };
  return sendSentryWebhook(receiver, { resource: 'issue', body: issueBody('created', event) });
}

/** Whether a request to Sentry asks for a comment on this issue. */
export function asksForComment({ method, path }: Pick<Received, 'method' | 'path'>, issueId: string): boolean {
  return method === 'POST' && path.endsWith(`/issues/${issueId}/comments/`);
}
