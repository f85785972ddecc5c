import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { INTAKE_EFFECTS } from '../../src/config/slices/faults.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import { eventually } from '../parts/eventually.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import { issueBody, sendSentryWebhook } from '../servers/sentry-webhook.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import { postAlerts, type PostedAlert } from './alerts.ts';
import { CLIENT_SECRET, failingWorld, type FailingWorld, ROOMS, untilItDies } from './failing-deliveries.ts';
import { USER } from './incident-stage.ts';

type Effect = (typeof INTAKE_EFFECTS)[number];
const ALERTS = 1_000;
const CASES = INTAKE_EFFECTS.flatMap(effect => (['before', 'after'] as const).map(when => ({ effect, when })));
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
  'create-silence': 1,
  'record-silence': 1,
  acknowledge: 1,
};
/** The most that one replica delivers at once by one channel. */
const IN_FLIGHT = 24;

let world: FailingWorld;
let last: Operator;
const ends = new Map<string, number | string>();
const pressed: { readonly id: string; readonly wanted: 'acknowledged' | 'silenced'; readonly again: () => void }[] = [];
const issues: string[] = [];
/** How many cards had been sent at each kill. */
const kills: number[] = [];

const labelsOf = (n: number): PostedAlert['labels'] => ({
  alertname: 'Kill',
  namespace: `ns-${n}`,
  room: ROOMS[n % ROOMS.length]?.room ?? '',
  severity: 'warning',
});
const incidentIn = ({ text }: Pick<StandingMessage, 'text'>): string => /inc-\d\d-[a-z0-9]{13}/.exec(text)?.[0] ?? '';

/** Presses a button of a card on which nobody has pressed yet. */
async function press(button: string): Promise<void> {
  const find = () => {
    const card = world.telegram
      .cards()
      .find(each => each.buttons.flat().some(({ text }) => text === button) && !pressed.some(({ id }) => id === incidentIn(each)));
    const data = card?.buttons.flat().find(({ text }) => text === button)?.data;
    return card && data !== undefined && { card, data };
  };
  const { card, data } = await eventually(find, { withinMs: 30_000 });
  const again = (): void => void world.telegram.press({ ...card, data, user: USER });
  pressed.push({ id: incidentIn(card), wanted: button.includes('Silence') ? 'silenced' : 'acknowledged', again });
  again();
}

/** Telegram hears at once that a press has arrived: whoever pressed hears nothing when we die then, and presses again. */
async function pressAgain(): Promise<void> {
  for (const { again } of unheard(await world.incidents())) again();
}

function unheard(incidents: readonly Incident[]): typeof pressed {
  return pressed.filter(({ id, wanted }) => stateOf(incidents.find(each => each.id === id)) !== wanted);
}

const stateOf = (incident: Incident | undefined): string | undefined => (incident?.silence ? 'silenced' : incident?.status);

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
      const found = (await world.incidents()).filter(({ name, status, id }) => name === 'Kill' && status === 'open' && !isPressed(id));
      return found.length >= 3 && found.slice(0, 3);
    },
    { withinMs: 30_000 },
  );
  await postAlerts(world.alertmanager, ...open.map(({ labels }) => ({ labels, endsAt: new Date() })));
}

/** Among the last that the operator of a kill had sent. */
const wasOnItsWay = (messageId: number): boolean => kills.some(sent => messageId <= sent && messageId > sent - IN_FLIGHT);

const isPressed = (id: string): boolean => pressed.some(each => each.id === id);

const TRIGGERS: Partial<Record<Effect, () => Promise<void>>> = {
  acknowledge: () => press('✅ Acknowledge'),
  'create-silence': () => press('🔕 Silence 1 h'),
  'record-silence': () => press('🔕 Silence 1 h'),
  'auto-resolve': alertsResolve,
  'sentry-note': sentryEvent,
  'work-remember': sentryEvent,
  'sentry-note-update': sentryReopens,
  'work-again': async () => world.telegram.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => /sendMessage/i.test(path)),
};
/** Asked once all are told, who are then told again. */
const WITH_MODEL: ReadonlySet<Effect> = new Set(['ask-analyser', 'telegram-edit']);

async function dies({ effect, when }: (typeof CASES)[number], alerts: readonly PostedAlert[]): Promise<void> {
  const { analyser, alertmanager, telegram } = world;
  const model = { AWOOOI_ANALYSER_URL: analyser.baseUrl, AWOOOI_ANALYSER_MODEL: analyser.model };
  const failpoint = { AWOOOI_FAILPOINT: `${effect}:${when}:${AT[effect] ?? 2}` };
  const options = world.options({ ...failpoint, ...(WITH_MODEL.has(effect) && model) });
  const end = await untilItDies(options, async () => {
    await postAlerts(alertmanager, ...alerts);
    await TRIGGERS[effect]?.();
  });
  kills.push(telegram.sent.length);
  telegram.mend();
  ends.set(`${effect}:${when}`, end);
}

beforeAll(async () => {
  world = await failingWorld();
  await postAlerts(world.alertmanager, { labels: { alertname: 'Watchdog', severity: 'none' } });
  const share = Math.ceil(ALERTS / CASES.length);
  const alerts = Array.from({ length: ALERTS }, (_, n) => ({ labels: labelsOf(n) }));
  for (const [n, each] of CASES.entries()) await dies(each, alerts.slice(n * share, (n + 1) * share));
  last = await startOperator(world.options({}));
  await pressAgain();
}, 1_500_000);
afterAll(async () => {
  await last?.stop();
  await world?.stop();
});

it('was killed by each failpoint', () => {
  expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(CASES.map(({ effect, when }) => [`${effect}:${when}`, 'SIGKILL'])));
});

describe('what thirty killed operators and one that lives leave behind', () => {
  let reader: IncidentReader;
  let incidents: readonly Incident[] = [];
  const ofAlerts = (): readonly Incident[] => incidents.filter(({ name }) => name === 'Kill');

  beforeAll(async () => {
    reader = incidentReader({ url: last.url, token: world.apiToken });
    const calm = async (): Promise<boolean> => {
      incidents = await world.incidents();
      const { waiting } = await reader.api.deliveries(AbortSignal.timeout(10_000));
      const settling = incidents.filter(({ firing, status }) => firing === 0 && status !== 'resolved');
      return waiting === 0 && settling.length === 0 && ofAlerts().length >= ALERTS && unheard(incidents).length === 0;
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
    const cards = Map.groupBy(world.telegram.cards(), incidentIn);
    expect(incidents.filter(({ id }) => !cards.has(id))).toEqual([]);
    const reopened = new Set(incidents.filter(({ timeline }) => timeline.some(({ what }) => what === 'reopened')).map(({ id }) => id));
    const repeated = [...cards].filter(([id]) => !reopened.has(id)).flatMap(([, each]) => each.slice(0, -1));
    expect(repeated.filter(({ messageId }) => !wasOnItsWay(messageId))).toEqual([]);
  });

  it('is a webhook about each incident', () => {
    const Told = z.object({ incident: z.object({ id: z.string() }) });
    const told = new Set(world.hooks.requests.map(({ body }) => Told.parse(JSON.parse(body)).incident.id));
    expect(incidents.filter(({ id }) => !told.has(id))).toEqual([]);
  });

  it('is one comment on each issue of Sentry', () => {
    expect(issues.map(id => world.sentry.notes(id).length)).toEqual(issues.map(() => 1));
  });

  it('is what was pressed', async () => {
    expect([pressed.length, unheard(incidents)]).toEqual([6, []]);
    const answer = await fetch(`${world.alertmanager.url}/api/v2/silences`);
    const Silences = z.array(z.object({ comment: z.string(), status: z.object({ state: z.string() }) }));
    const active = Silences.parse(await answer.json()).map(({ comment }) => /inc-\S+?(?=[,:\s])/.exec(comment)?.[0]);
    const silenced = pressed.filter(({ wanted }) => wanted === 'silenced').map(({ id }) => id);
    expect(active).toHaveLength(silenced.length);
    expect(new Set(active)).toEqual(new Set(silenced));
  });
});
