import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { INTAKE_EFFECTS } from '../../src/config/slices/faults.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { eventually } from '../parts/eventually.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import { issueBody, sendSentryWebhook } from '../servers/sentry-webhook.ts';
import { postAlerts, type PostedAlert } from './alerts.ts';
import { CLIENT_SECRET, failingWorld, type FailingWorld, ROOMS, untilItDies } from './failing-deliveries.ts';
import { incidentOn, type People, peopleOf } from './people.ts';

type Effect = (typeof INTAKE_EFFECTS)[number];

interface Case {
  readonly effect: Effect;
  readonly when: 'before' | 'after';
}

const ALERTS = 1_000;
/** Of repairs no alert alone makes one: where they are tested, that is killed too. */
const OF_ALERTS = INTAKE_EFFECTS.filter(effect => effect !== 'show-repair');
const CASES = spread(OF_ALERTS.flatMap(effect => timesOf(effect).map(when => ({ effect, when }))));
/** Who dies before the end of one that nobody heard of leaves it to the next, which would die of that before it has one of its own. */
function timesOf(effect: Effect): readonly Case['when'][] {
  return effect === 'end-unheard' ? ['after', 'before'] : ['before', 'after'];
}

/** Of buttons. Whoever dies of a press leaves it claimed for a while, and the next presses wait behind it. */
function isPress({ effect }: Case): boolean {
  return ['acknowledge', 'create-silence', 'record-silence', 'expire-silence', 'press-done', 'answer-press'].includes(effect);
}

/** Of one chain that breaks and is mended: an operator of another case in between would do what the next of them is to die of. */
function isOfChain({ effect }: Case): boolean {
  return ['chain-broke', 'chain-told', 'hold-open', 'chain-mended'].includes(effect);
}

/** Cases of presses, in their order, between the others in theirs: what a press waits for is over by then. Those of the chain come last. */
function spread(cases: readonly Case[]): Case[] {
  const presses = cases.filter(isPress);
  const others = cases.filter(one => !isPress(one) && !isOfChain(one));
  const every = Math.floor(others.length / presses.length);
  const between = presses.flatMap((one, n) => [...others.slice(n * every, (n + 1) * every), one]);
  return [...between, ...others.slice(presses.length * every), ...cases.filter(isOfChain)];
}

/** The time at which each kills, in the middle of traffic; the second time unless told otherwise. */
const AT: Partial<Record<Effect, number>> = {
  ingest: 15,
  'telegram-card': 12,
  'outgoing-webhook': 12,
  'record-analysis': 12,
  'work-done': 20,
  'work-remember': 1,
  'sentry-note': 1,
  'sentry-note-update': 1,
  'set-webhook': 1,
  acknowledge: 1,
  'create-silence': 1,
  'record-silence': 1,
  'expire-silence': 1,
  'press-done': 1,
  'answer-press': 1,
  resolve: 1,
  note: 1,
  'end-unheard': 1,
  'chain-broke': 1,
  'chain-told': 1,
  'hold-open': 1,
  'chain-mended': 1,
  'retry-dead': 1,
};
/** The most that one replica delivers at once by one channel. */
const IN_FLIGHT = 24;

let world: FailingWorld;
let last: Operator;
let people: People;
const ends = new Map<string, number | string>();
const issues: string[] = [];
/** How many cards had been sent at each kill. */
const kills: number[] = [];

const labelsOf = (n: number): PostedAlert['labels'] => ({
  alertname: 'Kill',
  namespace: `ns-${n}`,
  room: ROOMS[n % ROOMS.length]?.room ?? '',
  severity: 'warning',
});
const watchdog = (is: 'firing' | 'resolved'): Promise<void> =>
  postAlerts(world.alertmanager, { labels: { alertname: 'Watchdog', severity: 'none' }, ...(is === 'resolved' && { endsAt: new Date() }) });

/** An event of an issue that Sentry lists as well: it sends no webhook twice. */
async function sentryEvent(): Promise<void> {
  const issueId = String(900 + issues.length);
  issues.push(issueId);
  const title = `TypeError: ${issueId}`;
  world.sentry.setIssue({ id: issueId, title, lastSeen: new Date() });
  await webhook('created', { issueId, title });
}

async function webhook(action: 'created' | 'resolved' | 'unresolved', of: { issueId: string; title: string }): Promise<void> {
  const receiver = { url: `${world.url}/api/v1/webhooks/sentry/error`, clientSecret: CLIENT_SECRET };
  await sendSentryWebhook(receiver, { resource: 'issue', body: issueBody(action, { ...of, at: new Date() }) });
}

/** An issue that is commented on opens again, is analysed again, and the comment says something else. */
async function sentryReopens(): Promise<void> {
  const issueId = await eventually(() => issues.find(id => world.sentry.notes(id).length > 0), { withinMs: 60_000 });
  const of = { issueId, title: `TypeError: ${issueId}` };
  await webhook('resolved', of);
  await webhook('unresolved', of);
}

/** Three incidents lose their alerts, and nobody else will resolve them than we. */
async function alertsResolve(): Promise<void> {
  const open = await eventually(
    async () => {
      const found = (await world.incidents()).filter(({ name, status, id }) => name === 'Kill' && status === 'open' && !people.asked(id));
      return found.length >= 3 && found.slice(0, 3);
    },
    { withinMs: 30_000 },
  );
  await postAlerts(world.alertmanager, ...open.map(({ labels }) => ({ labels, endsAt: new Date() })));
}

/** An incident that opens again has a card again, and of a critical one people are told again. */
const isToldAgain = ({ severity, timeline }: Incident): boolean =>
  severity === 'critical' || timeline.some(({ what }) => what === 'reopened');

/** The operator that sent a card, by its place among those that were killed; -1 for the one that lives. */
const senderOf = ({ messageId }: { readonly messageId: number }): number => kills.findIndex(sent => messageId <= sent);

const TRIGGERS: Partial<Record<Effect, () => Promise<void>>> = {
  acknowledge: () => people.press('✅ Acknowledge'),
  'press-done': () => people.press('✅ Acknowledge'),
  'answer-press': () => people.press('✅ Acknowledge'),
  'expire-silence': () => people.endSilence(),
  resolve: () => people.resolve('Kill'),
  note: () => postAlerts(world.alertmanager, { labels: { alertname: 'Urgent', severity: 'critical', namespace: `urgent-${ends.size}` } }),
  'end-unheard': () => people.outwait(),
  'chain-broke': () => watchdog('resolved'),
  'chain-told': () => watchdog('resolved'),
  'hold-open': alertsResolve,
  'chain-mended': () => watchdog('firing'),
  'give-up': async () => world.hooks.breakWith({ is: 'answer', reply: { status: 400 } }),
  'retry-dead': () => people.retryDead(),
  'create-silence': () => people.press('🔕 Silence 1 h'),
  'record-silence': () => people.press('🔕 Silence 1 h'),
  'auto-resolve': alertsResolve,
  'sentry-note': sentryEvent,
  'work-remember': sentryEvent,
  'sentry-note-update': sentryReopens,
  'work-again': async () => world.telegram.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => /sendMessage/i.test(path)),
};

/** What the operator is set up with besides. */
function settingsFor(effect: Effect): Record<string, string> {
  const { baseUrl, model } = world.analyser;
  // Asked once all are told, who are then told again.
  if (effect === 'ask-analyser' || effect === 'telegram-edit') return { AWOOOI_ANALYSER_URL: baseUrl, AWOOOI_ANALYSER_MODEL: model };
  return effect === 'give-up' ? { AWOOOI_DELIVERY_GIVE_UP_AFTER: '1s' } : {};
}

async function dies({ effect, when }: Case, alerts: readonly PostedAlert[]): Promise<void> {
  const { alertmanager, telegram, hooks } = world;
  const failpoint = { AWOOOI_FAILPOINT: `${effect}:${when}:${AT[effect] ?? 2}` };
  const options = world.options({ ...failpoint, ...settingsFor(effect) });
  const end = await untilItDies(options, async () => {
    await postAlerts(alertmanager, ...alerts);
    await TRIGGERS[effect]?.();
  });
  kills.push(telegram.sent.length);
  telegram.mend();
  hooks.mend();
  ends.set(`${effect}:${when}`, end);
}

beforeAll(async () => {
  world = await failingWorld();
  people = peopleOf(world);
  await postAlerts(world.alertmanager, { labels: { alertname: 'Watchdog', severity: 'none' } });
  const share = Math.ceil(ALERTS / CASES.length);
  const alerts = Array.from({ length: ALERTS }, (_, n) => ({ labels: labelsOf(n) }));
  for (const [n, each] of CASES.entries()) await dies(each, alerts.slice(n * share, (n + 1) * share));
  last = await startOperator(world.options({}));
  await people.askAgain();
  // What was given up while the webhook refused everything.
  await people.retryDead();
}, 1_500_000);
afterAll(async () => {
  await last?.stop();
  await world?.stop();
});

it('was killed by each failpoint', () => {
  expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(CASES.map(({ effect, when }) => [`${effect}:${when}`, 'SIGKILL'])));
});

describe('what so many killed operators and one that lives leave behind', () => {
  let reader: IncidentReader;
  let incidents: readonly Incident[] = [];
  const ofAlerts = (): readonly Incident[] => incidents.filter(({ name }) => name === 'Kill');

  beforeAll(async () => {
    reader = incidentReader({ url: last.url, token: world.apiToken });
    const calm = async (): Promise<boolean> => {
      incidents = await world.incidents();
      const { waiting } = await reader.api.deliveries(AbortSignal.timeout(10_000));
      const settling = incidents.filter(({ firing, status }) => firing === 0 && status !== 'resolved');
      return waiting === 0 && settling.length === 0 && ofAlerts().length >= ALERTS && people.unheard(incidents).length === 0;
    };
    await eventually(calm, { withinMs: 180_000, everyMs: 1_000 });
    incidents = await world.incidents();
  }, 200_000);
  afterAll(() => reader?.close());

  it('is nothing that waits, and no dead letter', async () => {
    expect(await reader.api.deliveries(AbortSignal.timeout(10_000))).toMatchObject({ waiting: 0, dead: 0 });
  });

  it('is one incident of each alert, which occurred once', () => {
    expect(ofAlerts()).toHaveLength(ALERTS);
    expect(new Set(ofAlerts().map(({ labels }) => labels['namespace'])).size).toBe(ALERTS);
    expect(ofAlerts().reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(ALERTS);
  });

  it('is a card of each incident, and a second one only where the first was on its way at a kill', () => {
    const cards = Map.groupBy(world.telegram.cards(), incidentOn);
    expect(incidents.filter(({ id }) => !cards.has(id))).toEqual([]);
    const toldAgain = new Set(incidents.filter(isToldAgain).map(({ id }) => id));
    const repeated = [...cards].filter(([id]) => !toldAgain.has(id)).flatMap(([, each]) => each.slice(0, -1));
    const bySender = [...Map.groupBy(repeated, senderOf)];
    expect(bySender.filter(([sender, each]) => sender === -1 || each.length > IN_FLIGHT)).toEqual([]);
  });

  it('is a webhook about each incident', () => {
    const Told = z.object({ incident: z.object({ id: z.string() }) });
    const told = new Set(world.hooks.requests.map(({ body }) => Told.parse(JSON.parse(body)).incident.id));
    expect(incidents.filter(({ id }) => !told.has(id))).toEqual([]);
  });

  it('is one comment on each issue of Sentry', () => {
    expect(issues.map(id => world.sentry.notes(id).length)).toEqual(issues.map(() => 1));
  });

  it('is a chain that is whole again, and nothing that it still holds open', () => {
    expect(incidents.filter(({ name }) => name === 'AlertChainBroken').map(({ status }) => status)).toEqual(['resolved']);
  });

  it('is a note of each time that people were told again', () => {
    const urgent = incidents.filter(({ name }) => name === 'Urgent');
    expect(urgent).toHaveLength(2);
    expect(urgent.filter(({ timeline }) => !timeline.some(({ detail }) => detail?.startsWith('told again')))).toEqual([]);
  });

  it('is what people asked for', async () => {
    expect([people.wishes(), people.unheard(incidents)]).toEqual([14, []]);
    const answer = await fetch(`${world.alertmanager.url}/api/v2/silences`);
    const Silences = z.array(z.object({ comment: z.string(), status: z.object({ state: z.string() }) }));
    const active = Silences.parse(await answer.json())
      .filter(({ status }) => status.state === 'active')
      .map(({ comment }) => /inc-\S+?(?=[,:\s])/.exec(comment)?.[0]);
    const silenced = people.wishing('silenced');
    expect(active).toHaveLength(silenced.length);
    expect(new Set(active)).toEqual(new Set(silenced));
  });
});
