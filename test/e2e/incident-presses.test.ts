import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../parts/eventually.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import { postAlerts } from './alerts.ts';
import { CHAT, type IncidentStage, raiseIncidentStage, USER } from './incident-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

const STRANGER = { id: 666, username: 'mallory' };
const Alerts = z.array(z.object({ status: z.object({ state: z.string(), silencedBy: z.array(z.string()) }) }));
const MODES = [
  { mode: 'polling', env: { TG_UPDATES: 'polling' } },
  { mode: 'webhook', env: { TG_UPDATES: 'webhook', TG_WEBHOOK_SECRETS: 'webhook-secret-1' } },
] as const;

let shared: Stage;
beforeAll(async () => {
  shared = await raiseStage('presses');
});

describe.each(MODES)('a press that comes by $mode', ({ mode, env }) => {
  let world: IncidentStage;

  beforeAll(async () => {
    world = await raiseIncidentStage(`presses-${mode}`, { env: { ...env, AWOOOI_INCIDENT_SETTLE: '1s' }, stage: shared });
  });
  afterAll(() => world?.stop());

  const opened = async (alertname: string): Promise<StandingMessage> => {
    await postAlerts(world.alertmanager, { labels: { alertname, namespace: 'shop' } });
    return world.card(await world.incident(alertname), /Status: open/);
  };
  /** Resolves with what the press was answered. */
  const press = async (card: StandingMessage, button: RegExp, user: typeof USER = USER): Promise<string> => {
    const data = card.buttons.flat().find(({ text }) => button.test(text))?.data ?? 'no such button';
    const id = world.telegram.press({ chatId: CHAT, messageId: card.messageId, data, user });
    return (await eventually(() => world.telegram.answers.find(answer => answer.id === id), { withinMs: 20_000 })).text ?? '';
  };
  const listed = async (alertname: string): Promise<z.infer<typeof Alerts>> => {
    const filter = encodeURIComponent(`alertname="${alertname}"`);
    return Alerts.parse(await (await fetch(`${world.alertmanager.url}/api/v2/alerts?filter=${filter}`)).json());
  };
  const ended = async (labels: { readonly alertname: string; readonly namespace: string }): Promise<void> => {
    await postAlerts(world.alertmanager, { labels, endsAt: new Date(Date.now() - 1_000) });
    await eventually(async () => (await listed(labels.alertname)).length === 0);
  };
  const suppressed = async (alertname: string): Promise<boolean> =>
    (await listed(alertname)).every(({ status }) => status.state === 'suppressed' && status.silencedBy.length === 1);

  it('acknowledges, and the card shows who did', async () => {
    const card = await opened('Acknowledged');
    expect(await press(card, /Acknowledge/)).toBe('Acknowledged by telegram:ada (4711).');
    const incident = await world.incident('Acknowledged', ({ status }) => status === 'acknowledged');
    expect(incident.timeline.at(-1)).toMatchObject({ what: 'acknowledged', who: 'telegram:ada (4711)' });
    const after = await world.card(incident, /Status: acknowledged by telegram:ada \(4711\)/);
    expect(after.buttons.flat().map(({ text }) => text)).toEqual(['🔕 Silence 1 h', '🔕 Silence 4 h']);
    expect(await press(card, /Acknowledge/)).toBe('That was done already.');
  });

  it('silences the alert in Alertmanager for an hour, and ends that again', async () => {
    const card = await opened('Silenced');
    expect(await suppressed('Silenced')).toBe(false);
    expect(await press(card, /Silence 1 h/)).toMatch(/^Silenced until 20.* UTC\.$/);
    await eventually(() => suppressed('Silenced'));
    const incident = await world.incident('Silenced', ({ silence }) => silence?.by === 'ada');
    const ends = Date.parse(incident.silence?.ends_at ?? '');
    expect(Math.abs(ends - Date.now() - 3_600_000)).toBeLessThan(60_000);

    const silenced = await world.card(incident, /Silence: by ada until 20.* UTC/);
    expect(await press(silenced, /End the silence/)).toBe('The silence has ended.');
    await eventually(async () => !(await suppressed('Silenced')));
    const ended = await world.card(incident, /Status: open\n(?!.*Silence:)/);
    expect(ended.buttons.flat().map(({ text }) => text)).toContain('🔕 Silence 1 h');
  });

  it('that ends a silence resolves the incident whose alert ended meanwhile, of which Alertmanager told nobody', async () => {
    const labels = { alertname: 'EndedInSilence', namespace: 'shop' };
    const card = await opened(labels.alertname);
    expect(await press(card, /Silence 4 h/)).toMatch(/^Silenced until/);
    const silenced = await world.card(await world.incident(labels.alertname), /Silence: by ada/);
    await eventually(() => suppressed(labels.alertname));
    await ended(labels);
    // What fires and ends after it was told: then Alertmanager has looked at the silenced one as well, and forgotten it.
    const later = { alertname: 'EndedLater', namespace: 'shop' };
    await opened(later.alertname);
    await ended(later);
    await world.incident(later.alertname, ({ status }) => status === 'resolved');
    expect(await press(silenced, /End the silence/)).toBe('The silence has ended.');
    const incident = await world.incident(labels.alertname, ({ status }) => status === 'resolved');
    const story = incident.timeline.filter(({ what }) => what !== 'analysed').map(({ what, who }) => `${what} ${who}`);
    expect(story).toEqual(['opened alertmanager', 'silenced telegram:ada (4711)', 'unsilenced telegram:ada (4711)', 'resolved operator']);
    expect(incident).toMatchObject({ firing: 0, silence: null });
    expect(incident.timeline.at(-1)?.detail).toContain('its alerts ended while they were silenced');
    expect((await world.card(incident, /Status: resolved\n(?!.*Silence:)/)).buttons).toEqual([]);
  });

  it('counts for nothing when a stranger presses, or when the button was made up', async () => {
    const card = await opened('Guarded');
    expect(await press(card, /Acknowledge/, STRANGER)).toContain('TG_ALLOWED_USER_IDS');
    expect(await press(card, /Silence 1 h/, STRANGER)).toContain('TG_ALLOWED_USER_IDS');
    expect(await press(card, /made up/)).toBe('This button is not valid any more.');
    expect(await world.incident('Guarded')).toMatchObject({ status: 'open', silence: null });
    expect(await suppressed('Guarded')).toBe(false);
  });

  it('is how the status says that presses come in', async () => {
    const headers = { authorization: `Bearer ${world.stage.apiToken}` };
    const answer = await fetch(`${world.operator.url}/api/v1/telegram/status`, { headers });
    expect(await answer.json()).toMatchObject({ connected: true, mode, updates_error: null });
  });
});
