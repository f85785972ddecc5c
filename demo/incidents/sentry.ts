import { eventually } from '../../test/parts/eventually.ts';
import { issueBody, sendSentryWebhook } from '../../test/servers/sentry-webhook.ts';
import { SENTRY_ORG, SENTRY_SECRET, type Stage } from '../stage.ts';
import type { Scene } from './section.ts';

/** The issue that the stand-in for Sentry has. */
export const ISSUE = '42';

/** Sentry reports an error by a signed webhook, and the analysis stands as one comment on its issue. */
export async function sentryComment({ stage, screen }: Scene): Promise<string[]> {
  screen.heading('An error in Sentry');
  const outcome = await report(stage);
  if (!('status' in outcome) || outcome.status !== 200) return [`the webhook of Sentry was not taken: ${JSON.stringify(outcome)}`];
  const note = await screen.step('webhook, incident, analysis, comment on the issue', () =>
    eventually(() => stage.sentry.notes(ISSUE)[0], { withinMs: 60_000 }),
  );
  screen.good('the issue has a comment:');
  for (const line of note.text.split('\n')) screen.say(`    │ ${line}`);
  return [];
}

function report({ operator }: Stage): ReturnType<typeof sendSentryWebhook> {
  const receiver = { url: `${operator.url}/api/v1/webhooks/sentry/error`, clientSecret: SENTRY_SECRET };
  const event = { issueId: ISSUE, title: 'TypeError: total is undefined', at: new Date(), org: SENTRY_ORG };
  return sendSentryWebhook(receiver, { resource: 'issue', body: issueBody('created', event) });
}
