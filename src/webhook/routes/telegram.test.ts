import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blockWith } from '../../../test/docs/sender-page.ts';
import { asCaller, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import { telegramCards } from '../../adapters/telegram/cards.ts';
import { registerWebhook } from '../../adapters/telegram/webhook-registration.ts';
import type { Press } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { WebhookDeps } from '../deps.ts';

const SECRETS = ['a-first-secret', 'a-second-secret'];
const PATH = '/api/v1/webhooks/telegram';
const UPDATE = {
  update_id: 1,
  callback_query: { id: '77', data: 'a:x', from: { id: 9, first_name: 'Mia' }, message: { message_id: 3, date: 0, chat: { id: -1001 } } },
};

let seen: Press[];
beforeEach(() => {
  seen = [];
});

const world = (over: Partial<WebhookDeps> = {}) =>
  webhookWorld({ telegram: { secrets: () => SECRETS, pressed: async press => void seen.push(press) }, ...over });
const post = (payload: object | string, secret: string | undefined = SECRETS[0], { app } = world()) =>
  app.inject({
    method: 'POST',
    url: PATH,
    payload,
    headers: { 'content-type': 'application/json', ...(secret !== undefined && { 'x-telegram-bot-api-secret-token': secret }) },
  });

describe('the webhook of Telegram', () => {
  it.each(SECRETS)('takes a press with each of its secrets', async secret => {
    const answer = await post(UPDATE, secret);
    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true }]);
    expect(seen).toEqual([{ id: '77', data: 'a:x', userId: 9, userName: 'Mia', chatId: '-1001', messageId: 3 }]);
  });

  it.each([['another'], [''], ['a-first-secre']])('refuses the secret %j', async secret => {
    const answer = await post(UPDATE, secret);
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('a-first');
    expect(seen).toEqual([]);
  });

  it('refuses everybody while no secret is set up', async () => {
    const none = world({ telegram: { secrets: () => [], pressed: async press => void seen.push(press) } });
    expect((await post(UPDATE, '', none)).statusCode).toBe(401);
    expect(seen).toEqual([]);
  });

  it.each<[string, object | string]>([
    ['another kind of update', { update_id: 1, message: { text: 'hi' } }],
    ['a press without a sender', { update_id: 1, callback_query: { id: '1', data: 'x' } }],
    ['a press whose id is a number', { callback_query: { ...UPDATE.callback_query, id: 77 } }],
    ['no update', 'nonsense'],
    ['a list', []],
    ['nothing', ''],
  ])('answers 200 to %s, and does nothing', async (_, payload) => {
    expect((await post(payload)).statusCode).toBe(200);
    expect(seen).toEqual([]);
  });

  it('does not read what no update can be', async () => {
    expect((await post('x'.repeat(300_000))).statusCode).toBe(413);
  });

  it('answers only once the press is handled', async () => {
    const handled = Promise.withResolvers<void>();
    const steps: string[] = [];
    const pressed = async (): Promise<void> => {
      await handled.promise;
      steps.push('handled');
    };
    const answered = async (): Promise<void> => {
      const { statusCode } = await post(UPDATE, SECRETS[0], world({ telegram: { secrets: () => SECRETS, pressed } }));
      steps.push(String(statusCode));
    };
    setImmediate(() => handled.resolve());
    await answered();
    expect(steps).toEqual(['handled', '200']);
  });

  it('answers 503 to a press that is to come again, and 500 to a fault of our own', async () => {
    const failing = (fault: Error) => {
      const pressed = async (): Promise<void> => {
        throw fault;
      };
      return world({ telegram: { secrets: () => SECRETS, pressed } });
    };
    const away = await post(UPDATE, SECRETS[0], failing(new PortError('unavailable', 'Redis did not answer redis://secret')));
    expect([away.statusCode, away.headers['retry-after']]).toEqual([503, '5']);
    expect(away.body).not.toContain('secret');
    const broken = failing(new Error('a mistake'));
    expect((await post(UPDATE, SECRETS[0], broken)).statusCode).toBe(500);
    expect(broken.lines).toContainEqual(expect.stringContaining('an update of Telegram could not be handled'));
  });

  it('is not there where presses do not come by webhook', async () => {
    expect((await post(UPDATE, SECRETS[0], webhookWorld())).statusCode).toBe(404);
  });
});

describe('with Telegram', () => {
  let server: Telegram;
  beforeEach(async () => {
    server = await startTelegram();
  });
  afterEach(() => server.stop());
  const bot = ({ token, url } = server) => ({ token: () => token, apiRoot: url });

  it('a press arrives', async () => {
    const { app } = world();
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    await registerWebhook({ ...bot(), url: `${url}${PATH}`, secret: SECRETS[1] ?? '' }, AbortSignal.timeout(5_000));
    server.press({ chatId: -1001, messageId: 3, data: 'a:y', user: { id: 9, username: 'mia' } });
    await eventually(() => seen.length === 1 && server.pendingUpdates() === 0);
    expect(seen[0]).toMatchObject({ data: 'a:y', userName: 'mia' });
    await app.close();
  });

  it('a press that was not handled comes again', async () => {
    let away = true;
    const pressed = async (press: Press): Promise<void> => {
      seen.push(press);
      if (away) throw new PortError('unavailable', 'away');
    };
    const { app } = world({ telegram: { secrets: () => SECRETS, pressed } });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    await registerWebhook({ ...bot(), url: `${url}${PATH}`, secret: SECRETS[1] ?? '' }, AbortSignal.timeout(5_000));
    server.press({ chatId: -1001, messageId: 3, data: 'a:y', user: { id: 9 } });
    await eventually(() => seen.length > 1);
    expect(server.pendingUpdates()).toBe(1);
    away = false;
    await eventually(() => server.pendingUpdates() === 0);
    await app.close();
  });

  it('the status says that it is connected, and how', async () => {
    const telegramStatus = { cards: telegramCards(bot()), mode: 'polling' as const, updatesError: () => '409' };
    const { app } = world({ telegramStatus });
    const answer = await app.inject({ url: '/api/v1/telegram/status', headers: asCaller });
    expect(answer.json()).toEqual({
      connected: true,
      username: 'awoooi_bot',
      mode: 'polling',
      last_error: null,
      updates_error: '409',
      moved_chats: [],
    });
    expect(Object.keys(answer.json())).toEqual(Object.keys(JSON.parse(blockWith('telegram', 'json', 'connected'))));
    server.setToken('1:another');
    const after = await app.inject({ url: '/api/v1/telegram/status', headers: asCaller });
    expect([after.statusCode, after.json()]).toMatchObject([200, { connected: false, last_error: expect.stringContaining('401') }]);
  });

  it('the status says what kept the last card from its chat, unless nothing gets to Telegram, and which groups have moved', async () => {
    const told = { deliveryError: () => 'the bot was kicked', movedChats: () => [{ from: '-5', to: '-1001' }] };
    const { app } = world({ telegramStatus: { cards: telegramCards(bot()), mode: 'polling', ...told } });
    const ask = () => app.inject({ url: '/api/v1/telegram/status', headers: asCaller });
    const moved = { moved_chats: [{ from: '-5', to: '-1001' }] };
    expect((await ask()).json()).toMatchObject({ connected: true, last_error: 'the bot was kicked', ...moved });
    server.setToken('1:another');
    expect((await ask()).json()).toMatchObject({ connected: false, last_error: expect.stringContaining('401'), ...moved });
  });

  it('the status says that no bot is set up, and nothing to strangers', async () => {
    const { app } = world();
    const answer = await app.inject({ url: '/api/v1/telegram/status', headers: asCaller });
    expect(answer.json()).toMatchObject({ connected: false, mode: 'off', last_error: expect.stringContaining('TG_BOT_TOKEN') });
    expect((await app.inject({ url: '/api/v1/telegram/status' })).statusCode).toBe(401);
  });
});
