import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentryIncident } from '../../test/builders/sentry-incident.ts';
import { CHATS, incidentOf, telegramWorld } from '../../test/builders/telegram-world.ts';
import { type HttpServer, type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { type Sentry, startSentry } from '../../test/servers/sentry.ts';
import { startTelegram, type Telegram } from '../../test/servers/telegram.ts';
import { memoryDeedLog } from '../adapters/memory/deed-log.ts';
import { sentryApi } from '../adapters/sentry/sentry.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import type { RepairAction } from '../crds/repairplaybook/action.ts';
import { webhookSignature } from '../domain/delivery/webhook-signature.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { DEED_CLAIMED_MS } from '../domain/ports/deed-log.ts';
import type { Errand } from '../domain/ports/people.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { CarriedOut } from '../domain/ports/repairs.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import { people, type PeopleDeps } from './people.ts';

const SECRET = 'webhook-secret-0123';
const UID = '0b6f3c1e-6d2a-4c52-9a41-6f0a3d3c9b11';
const MARKER = `[awoooi#${UID}-1]`;
const HOUR_MS = 3_600_000;

let time: number;
let receiver: HttpServer;
let answer: Reply;
let sentry: Sentry;
let telegram: Telegram;
let client: OutgoingClient;
let incident: Incident;
let warnings: string[];
let base: PeopleDeps;

const now = (): Date => new Date(time);
const away = (): Promise<never> => Promise.reject(new PortError('unavailable', 'Redis is away'));
const died = (): Promise<never> => new Promise(() => {});

beforeEach(async () => {
  [time, answer, warnings] = [Date.parse('2026-11-26T08:00:00.700Z'), { status: 204 }, []];
  [receiver, sentry, telegram] = await Promise.all([
    startHttpServer({ handle: () => answer }),
    startSentry({ now }),
    startTelegram({ chats: CHATS }),
  ]);
  client = outgoingClient();
  incident = sentryIncident();
  base = {
    incidents: { find: async id => (id === incident.id ? incident : undefined) },
    deedLog: memoryDeedLog({ now }),
    sentry: sentryApi(client, { url: sentry.url, token: () => sentry.token, now }),
    hasToken: () => true,
    org: undefined,
    language: 'en',
    logger: { warn: (_, message) => void warnings.push(message) },
  };
});
afterEach(async () => {
  await client.close();
  await Promise.all([receiver, sentry, telegram].map(server => server.stop()));
});

const withWebhook = (): Pick<PeopleDeps, 'webhook'> => ({
  webhook: { http: httpTarget(client), url: () => `${receiver.url}/hook`, secret: () => SECRET, now },
});
const withTelegram = (over: Partial<PeopleDeps['telegram']> = {}): Pick<PeopleDeps, 'telegram'> => ({
  telegram: telegramWorld(telegram, {}, over).deps,
});

const everybody = (): Partial<PeopleDeps> => ({ ...withTelegram(), ...withWebhook() });

const errandOf = (action: RepairAction, over: Partial<Errand> = {}): Errand => ({
  run: { namespace: 'shop', name: 'fix-api-0a1b2c3d4e', uid: UID },
  step: 1,
  action,
  playbook: 'fix-api',
  incidentId: incident.id,
  text: 'Raise the pool of connections.',
  ...over,
});
const tell = (errand: Errand, over: Partial<PeopleDeps> = {}): Promise<CarriedOut> =>
  people({ ...base, ...over }).tell(errand, AbortSignal.timeout(10_000));
const notes = (): string[] => sentry.notes('42').map(({ text }) => text);

describe('create_issue of an incident of Sentry', () => {
  it('is a comment on its issue, once', async () => {
    const first = await tell(errandOf('create_issue'), withWebhook());
    expect(first).toEqual({ is: 'done', detail: 'It stands as a comment on Sentry issue 42.' });
    expect(await tell(errandOf('create_issue'), withWebhook())).toMatchObject({ is: 'done' });
    expect(notes()).toEqual([expect.stringMatching(/^## 🛠 A repair asks for a fix\n\nRaise the pool of connections\.[\s\S]*fix-api/)]);
    expect(notes()[0]?.endsWith(`\n${MARKER}`)).toBe(true);
    expect(receiver.requests).toEqual([]);
  });

  it('is two for two steps, and for two runs', async () => {
    const run = { ...errandOf('create_issue').run, uid: 'another' };
    for (const over of [{}, { step: 2 }, { run }]) await tell(errandOf('create_issue', over));
    expect(notes()).toHaveLength(3);
  });

  it.each<[string, Partial<PeopleDeps>]>([
    ['whose answer was dropped', {}],
    ['that was lost with the log', { deedLog: memoryDeedLog({ now }) }],
  ])('%s is found by its marker', async (_, over) => {
    sentry.breakWith({ is: 'drop-answer' }, ({ method }) => method === 'POST');
    await expect(tell(errandOf('create_issue'))).rejects.toMatchObject({ fault: 'unreachable' });
    sentry.mend();
    time += 5 * HOUR_MS;
    expect(await tell(errandOf('create_issue'), over)).toMatchObject({ is: 'done' });
    expect(notes()).toHaveLength(1);
  });

  it('shows foreign text as what it is, masked and bounded', async () => {
    const text = `<img src=x>\n# big\n[here](https://evil.example) token=sntrys_${'q'.repeat(40)} ${MARKER}\n${'後'.repeat(9_000)}`;
    await tell(errandOf('create_issue', { text }), { language: 'zh-TW' });
    const [note = ''] = notes();
    expect(note).toContain('修復流程請求處理');
    for (const bad of ['<img', '\n# big', '](https', 'qqqq']) expect(note).not.toContain(bad);
    expect(Buffer.byteLength(note)).toBeLessThan(8_000);
  });

  it('goes by the webhook where there is no token', async () => {
    expect(await tell(errandOf('create_issue'), { ...withWebhook(), hasToken: () => false })).toMatchObject({ is: 'done' });
    expect([notes(), receiver.requests.length]).toEqual([[], 1]);
  });
});

describe('by the outgoing webhook', () => {
  it.each([
    ['create_issue', 'repair-issue'],
    ['notify_team', 'repair-notice'],
  ] as const)('%s is an event of its own, signed, with an id that a repeat shares', async (action, event) => {
    incident = incidentOf();
    receiver.breakWith({ is: 'drop-answer' });
    await expect(tell(errandOf(action), withWebhook())).rejects.toMatchObject({ fault: 'unreachable' });
    receiver.mend();
    time += 60_000;
    expect(await tell(errandOf(action), withWebhook())).toMatchObject({ is: 'done', detail: expect.stringContaining(event) });
    const [first, second] = receiver.requests;
    expect(first?.headers['x-awoooi-delivery']).toBe(`errand:${UID}:1`);
    expect(second?.headers).toMatchObject({
      'x-awoooi-delivery': `errand:${UID}:1`,
      'x-awoooi-signature': webhookSignature(SECRET, { timestamp: '1795680060', body: second?.body ?? '' }),
    });
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      event,
      delivery: `errand:${UID}:1`,
      repair: { run: 'shop/fix-api-0a1b2c3d4e', step: 1, action, text: 'Raise the pool of connections.' },
      incident: { id: incident.id },
    });
  });

  it('fails with the words of the receiver, without its secret', async () => {
    answer = { status: 503, headers: { 'retry-after': '7' }, body: `not now, ${SECRET}` };
    const failing = tell(errandOf('notify_team'), withWebhook());
    await expect(failing).rejects.toMatchObject({ fault: 'unavailable', retryAfterMs: 7_000 });
    await expect(failing).rejects.not.toThrow(SECRET);
  });

  it('waits for a person where the receiver forbids it, and goes on then', async () => {
    answer = { status: 403 };
    const held = await tell(errandOf('notify_team'), withWebhook());
    expect(held).toEqual({ is: 'waiting', reason: expect.stringContaining('AWOOOI_OUTGOING_WEBHOOK_URL'), retryAfterMs: 60_000 });
    answer = { status: 204 };
    expect(await tell(errandOf('notify_team'), withWebhook())).toMatchObject({ is: 'done' });
  });
});

describe('notify_team', () => {
  it('is told in Telegram, once', async () => {
    for (let n = 0; n < 2; n += 1) expect(await tell(errandOf('notify_team'), everybody())).toMatchObject({ is: 'done' });
    expect([telegram.cards().length, receiver.requests.length]).toEqual([1, 0]);
  });

  it('is told again once Telegram is back', async () => {
    telegram.breakWith({ is: 'reset' });
    await expect(tell(errandOf('notify_team'), withTelegram())).rejects.toBeInstanceOf(PortError);
    telegram.mend();
    expect(await tell(errandOf('notify_team'), withTelegram())).toMatchObject({ is: 'done' });
    expect(telegram.cards()).toHaveLength(1);
  });
});

describe('a process that died', () => {
  it('leaves the errand to the next once its claim has ended', async () => {
    const { deedLog } = base;
    void tell(errandOf('notify_team'), { ...withWebhook(), incidents: { find: died } });
    const again = (): Promise<CarriedOut> => tell(errandOf('notify_team'), withWebhook());
    expect(await again()).toMatchObject({ is: 'waiting', retryAfterMs: expect.any(Number) });
    time += DEED_CLAIMED_MS - 1;
    expect(await again()).toMatchObject({ is: 'waiting' });
    expect(receiver.requests).toHaveLength(0);
    time += 1;
    expect(await again()).toMatchObject({ is: 'done' });
    expect(await deedLog.claim(`errand:${UID}:1`, AbortSignal.timeout(1_000))).toBe('done');
  });

  it('has told people, who are told again rather than never where that was not noted', async () => {
    const { deedLog } = base;
    expect(await tell(errandOf('notify_team'), { ...withWebhook(), deedLog: { ...deedLog, done: away } })).toMatchObject({ is: 'done' });
    expect(warnings).toEqual(['people were told, and it could not be noted: they may be told again']);
    time += DEED_CLAIMED_MS;
    expect(await tell(errandOf('notify_team'), withWebhook())).toMatchObject({ is: 'done' });
    expect(new Set(receiver.requests.map(({ headers }) => headers['x-awoooi-delivery']))).toEqual(new Set([`errand:${UID}:1`]));
  });
});

it('nobody is told while the log is away, for it could be twice', async () => {
  const { deedLog } = base;
  const failing = tell(errandOf('notify_team'), { ...withWebhook(), deedLog: { ...deedLog, claim: away } });
  await expect(failing).rejects.toMatchObject({ fault: 'unavailable' });
  expect(receiver.requests).toEqual([]);
});

it('what was told stays told when the incident is forgotten', async () => {
  await tell(errandOf('notify_team'), withWebhook());
  const errand = errandOf('notify_team');
  incident = incidentOf();
  expect(await tell(errand, withWebhook())).toEqual({ is: 'done', detail: 'People were told of it before.' });
});

describe.each(['schedule_fix', 'manual_intervention'] as const)('%s', action => {
  it('waits for people who have buttons, each time that it is asked', async () => {
    for (let n = 0; n < 2; n += 1) expect(await tell(errandOf(action), withTelegram())).toMatchObject({ is: 'with-people' });
    expect(telegram.requests).toEqual([]);
  });

  it.each<[string, () => Partial<PeopleDeps>]>([
    ['nobody is told', () => ({})],
    ['who is told has no buttons', () => withTelegram({ buttonSecret: () => undefined })],
    ['a webhook alone hears of it', withWebhook],
  ])('is refused where %s: it would never end', async (_, over) => {
    expect(await tell(errandOf(action), over())).toEqual({ is: 'refused', reason: expect.stringContaining('TG_ALLOWED_USER_IDS') });
  });
});

describe('refused, with what to do about it', () => {
  it.each(['create_issue', 'notify_team', 'schedule_fix', 'manual_intervention'] as const)('is %s', async action => {
    const { incidentId: _, ...nameless } = errandOf(action);
    expect(await tell(nameless, everybody())).toEqual({ is: 'refused', reason: expect.stringContaining('spec.incidentId') });
    const gone = await tell(errandOf(action, { incidentId: 'inc-00-gone' }), everybody());
    expect(gone).toEqual({ is: 'refused', reason: expect.stringContaining('inc-00-gone is no longer known') });
    expect([telegram.requests, receiver.requests, sentry.requests]).toEqual([[], [], []]);
  });

  it.each([
    ['create_issue', ['AWOOOI_OUTGOING_WEBHOOK_URL', 'AWOOOI_OUTGOING_WEBHOOK_SECRET', 'SENTRY_API_TOKEN']],
    ['notify_team', ['AWOOOI_OUTGOING_WEBHOOK_URL', 'TG_BOT_TOKEN', 'TG_CHAT_ID']],
  ] as const)('is %s where nothing is set up, and it is not taken for told', async (action, names) => {
    incident = incidentOf();
    const said = await tell(errandOf(action));
    for (const name of names) expect(said).toEqual({ is: 'refused', reason: expect.stringContaining(name) });
    expect(await tell(errandOf(action), withWebhook())).toMatchObject({ is: 'done' });
    expect(receiver.requests).toHaveLength(1);
  });

  it('is what the cluster is to do', async () => {
    expect(await tell(errandOf('restart_pod'), everybody())).toMatchObject({ is: 'refused' });
  });
});
