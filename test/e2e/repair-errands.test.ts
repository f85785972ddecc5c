import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../parts/eventually.ts';
import { issueBody, sendSentryWebhook } from '../servers/sentry-webhook.ts';
import { type Sentry, startSentry } from '../servers/sentry.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import { repairPeople, type RepairPeople } from './repair-people.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';

const CLIENT_SECRET = 'sentry-client-secret';

let repair: RepairStage;
let people: RepairPeople;
let sentry: Sentry;

beforeAll(async () => {
  sentry = await startSentry({ issues: [{ id: '42' }] });
  repair = await raiseRepairStage('errands', {
    SENTRY_API_URL: sentry.url,
    SENTRY_API_TOKEN: sentry.token,
    SENTRY_CLIENT_SECRETS: CLIENT_SECRET,
  });
  people = repairPeople(repair);
  await repair.watchdog();
});
afterAll(() => Promise.all([repair, sentry].map(part => part?.stop())));

const TELL = { action: 'notify_team', parameters: { text: 'The disk of the shop is full.' } };
const ISSUE = { action: 'create_issue', parameters: { text: 'Make the disk of the shop larger.' } };
const BY_HAND = { action: 'manual_intervention', parameters: { text: 'Empty the disk of the shop.' } };

const Event = z.object({ event: z.string(), repair: z.object({ run: z.string(), text: z.string() }).optional() });

const nameOf = ({ metadata }: RunView): string => `${repair.stage.namespace}/${metadata.name}`;
const isAt = (run: RunView, step: number): boolean => run.status?.steps?.[step]?.effectTime !== undefined;
/** What was posted by the outgoing webhook about the steps of a run. */
const posted = (run: RunView): unknown[] =>
  repair.world.hooks.requests
    .map(({ body }) => Event.parse(JSON.parse(body)))
    .filter(event => event.repair?.run === nameOf(run))
    .map(({ event, repair: of }) => [event, of?.text]);
const notices = (run: RunView): readonly StandingMessage[] =>
  repair.world.telegram
    .cards()
    .filter(({ text }) => text.startsWith('📣') && text.includes(TELL.parameters.text) && text.includes(run.spec.playbookRef.name));

/** A run that was approved, all of whose steps people were told of. */
async function toldOf(name: string, steps: readonly object[], raise: () => Promise<unknown>): Promise<RunView> {
  await repair.playbook(name, { match: { alertname: name }, steps });
  await raise();
  await repair.approve(await repair.run(name, ({ status }) => status?.phase === 'AwaitingApproval'));
  return repair.run(name, run => isAt(run, steps.length - 1));
}

/** Says by the button of the card whether it helped, once the card asks for it. */
async function says(run: RunView, button: RegExp): Promise<string> {
  const asks = (): StandingMessage | undefined =>
    repair.world.cards({ id: run.spec.incidentId ?? 'none' }).find(({ buttons }) => buttons.flat().some(({ text }) => button.test(text)));
  return people.press(await eventually(asks, { withinMs: 45_000, everyMs: 100 }), button);
}

describe('what a repair leaves to people', () => {
  it.concurrent('is told to each once, waits for them, and is judged by the alert once they have done it', async () => {
    const run = await toldOf('full', [TELL, ISSUE, BY_HAND], () => repair.fire('full', 'shop'));
    expect(run.status).toMatchObject({ phase: 'Running', steps: [{ deed: { result: 'Done' } }, { deed: { result: 'Done' } }, {}] });
    expect(run.status?.steps?.[2]?.deed).toBeUndefined();
    expect([posted(run), notices(run).length]).toEqual([[['repair-issue', ISSUE.parameters.text]], 1]);

    expect(await says(run, /^✅ Done/)).toBe('Noted: it is done and helped.');
    const done = await repair.run('full', ({ status }) => status?.phase === 'Verifying');
    expect(done.status?.steps?.[2]).toMatchObject({ answer: { helped: true }, deed: { result: 'Done' } });
    await repair.resolve('full', 'shop');
    await repair.run('full', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
    expect([posted(run), notices(run).length]).toEqual([[['repair-issue', ISSUE.parameters.text]], 1]);
  });

  it.concurrent('has failed where they say that it did not help', async () => {
    const run = await toldOf('vain', [{ ...BY_HAND, action: 'schedule_fix' }], () => repair.fire('vain', 'shop'));
    expect(await says(run, /did not help/)).toBe('Noted: it did not help.');
    const { status } = await repair.run('vain', ({ status: now }) => now?.phase === 'Failed' && now.learned === true);
    expect(status).toMatchObject({ verdict: { reason: 'DidNotHelp' }, steps: [{ answer: { helped: false } }] });
  });

  it.concurrent('is one comment on the issue where the incident is one of Sentry', async () => {
    const title = 'TimeoutError: pool exhausted';
    await repair.playbook('pool', { match: { alertname: title }, steps: [ISSUE] });
    const url = `${repair.world.operator.url}/api/v1/webhooks/sentry/error`;
    const body = issueBody('created', { issueId: '42', title, at: new Date() });
    expect(await sendSentryWebhook({ url, clientSecret: CLIENT_SECRET }, { resource: 'issue', body })).toEqual({ status: 200 });
    await repair.approve(await repair.run('pool', ({ status }) => status?.phase === 'AwaitingApproval'));
    const run = await repair.run('pool', each => isAt(each, 0));
    expect(run.status?.steps).toMatchObject([{ deed: { result: 'Done', detail: 'It stands as a comment on Sentry issue 42.' } }]);
    const asked = sentry.notes('42').filter(({ text }) => text.includes(ISSUE.parameters.text));
    expect([asked.length, posted(run)]).toEqual([1, []]);
  });
});
