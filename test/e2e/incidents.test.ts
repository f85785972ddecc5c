import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { webhookSignature } from '../../src/domain/delivery/webhook-signature.ts';
import { awoooi } from '../cli/shell.ts';
import { eventually } from '../parts/eventually.ts';
import { postAlerts } from './alerts.ts';
import { CHAT, HOOK_SECRET, type IncidentStage, raiseIncidentStage } from './incident-stage.ts';

let world: IncidentStage;

beforeAll(async () => {
  world = await raiseIncidentStage('incidents', { env: { AWOOOI_INCIDENT_SETTLE: '4s' } });
});
afterAll(() => world?.stop());

const labels = { alertname: 'HighLatency', namespace: 'shop', deployment: 'api', severity: 'warning' };
const annotations = { summary: 'Requests take too long', description: 'p99 is <4.2 s> & rising' };
const resolved = { labels, annotations, endsAt: new Date(0) };

const WITHIN = { withinMs: 45_000, everyMs: 50 };
const Status = z.object({ connected: z.boolean(), last_error: z.string().nullable() });
const Told = z.object({ incident: z.object({ id: z.string(), status: z.string(), revision: z.int() }) });

/** What the outgoing webhook was told of an incident, only what is rightly signed. */
function told({ id }: Pick<IncidentView, 'id'>): z.infer<typeof Told>['incident'][] {
  const signed = world.hooks.requests.filter(({ headers, body }) => {
    const timestamp = headers['x-awoooi-timestamp'] ?? '';
    return headers['x-awoooi-signature'] === webhookSignature(HOOK_SECRET, { timestamp, body });
  });
  return signed.map(({ body }) => Told.parse(JSON.parse(body)).incident).filter(incident => incident.id === id);
}

const allTold = ({ deliveries }: IncidentView): boolean =>
  deliveries.length === 3 && deliveries.every(({ state }) => state === 'delivered');

it('makes one incident of an alert, with a card, a signed webhook and a trace that names the message', async () => {
  await postAlerts(world.alertmanager, { labels, annotations });
  const incident = await world.incident('HighLatency', allTold);
  expect(incident).toMatchObject({ status: 'open', severity: 'warning', occurrences: 1, firing: 1, source: 'alertmanager' });
  expect(incident.analysis).toMatchObject({ asked: 'rules', by: 'rules' });

  const [card, ...others] = world.cards(incident);
  expect(others).toEqual([]);
  expect(card).toMatchObject({ chatId: CHAT, text: expect.stringContaining(annotations.description) });
  expect(card?.buttons.flat().map(({ text }) => text)).toEqual(['✅ Acknowledge', '🔕 Silence 1 h', '🔕 Silence 4 h']);
  expect([card?.edits, told(incident).map(({ status }) => status)]).toEqual([0, ['open']]);
  expect(world.hooks.requests).toHaveLength(1);

  const env = { AWOOOI_API_BASE: world.operator.url, AWOOOI_API_TOKEN: world.stage.apiToken };
  const { status, stdout } = await awoooi(['trace', 'HighLatency'], { env });
  expect(status).toBe(0);
  expect(stdout).toContain(`accepted into ${incident.id}`);
  expect(stdout).toMatch(new RegExp(`telegram +delivered .* message ID ${card?.messageId}\n`));
});

it('says that it resolved, in the card and to the webhook', async () => {
  await postAlerts(world.alertmanager, resolved);
  const incident = await world.incident('HighLatency', ({ status }) => status === 'resolved');
  const card = await world.card(incident, /Status: resolved/);
  expect(card.buttons).toEqual([]);
  await eventually(() => told(incident).at(-1)?.status === 'resolved');
});

it('opens it again when the alert comes back soon, with a card of its own', async () => {
  await postAlerts(world.alertmanager, { labels, annotations });
  const incident = await world.incident('HighLatency', ({ occurrences }) => occurrences === 2);
  expect(incident).toMatchObject({ status: 'open', frequency: { last_1h: 2 } });
  await world.card(incident, /Status: open again/);
  const cards = world.cards(incident);
  expect(cards.map(({ text }) => /Status: (.*)/.exec(text)?.[1])).toEqual(['resolved', 'open again']);
  expect(cards[1]?.text).toContain('1× in 1 h');
});

const status = async (): Promise<unknown> => {
  const headers = { authorization: `Bearer ${world.stage.apiToken}` };
  const answer = await fetch(`${world.operator.url}/api/v1/telegram/status`, { headers });
  return answer.json();
};
const fire = (alertname: string) => postAlerts(world.alertmanager, { labels: { ...labels, alertname }, annotations });

describe('its status at Telegram', () => {
  const MOVED = CHAT - 1;
  const good = { connected: true, username: 'awoooi_bot', mode: 'polling', last_error: null, updates_error: null, moved_chats: [] };

  it('is connected', async () => {
    expect(await status()).toEqual(good);
  });

  it('says that the bot was kicked, until a card arrives again', async () => {
    world.telegram.setChat({ id: CHAT, type: 'supergroup', bot: 'kicked' });
    await fire('Kicked');
    const kicked = await eventually(async () => {
      const said = Status.parse(await status());
      return said.last_error !== null && said;
    }, WITHIN);
    expect(kicked).toMatchObject({ connected: true, last_error: expect.stringMatching(/chat -1001000000001 .*bot was kicked/) });
    world.telegram.setChat({ id: CHAT, type: 'supergroup' });
    await world.card(await world.incident('Kicked'), /Status: open/);
    await eventually(async () => Status.parse(await status()).last_error === null);
  });

  it('names a group that has become a supergroup', async () => {
    world.telegram.setChat({ id: MOVED, type: 'supergroup' });
    world.telegram.setChat({ id: CHAT, type: 'group', migratedTo: MOVED });
    await fire('Moved');
    expect(await world.card(await world.incident('Moved'), /Status: open/)).toMatchObject({ chatId: MOVED });
    expect(await status()).toEqual({ ...good, moved_chats: [{ from: String(CHAT), to: String(MOVED) }] });
  });
});
