import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';
import { startTelegram, type Telegram } from './telegram.ts';

let telegram: Telegram;
let time = 0;

beforeEach(async () => {
  time = 0;
  const chats = [
    { id: 5, type: 'private' as const },
    { id: -7, type: 'supergroup' as const },
  ];
  telegram = await startTelegram({ token: '1:a-token', chats, local: false, now: () => time });
});
afterEach(() => telegram.stop());

async function answered(method: string, params: object): Promise<{ http: number; ok?: boolean; result?: unknown; description?: string }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${telegram.url}/bot1:a-token/${method}`, { method: 'POST', headers, body: JSON.stringify(params) });
  const body: unknown = await response.json();
  return { http: response.status, ...(typeof body === 'object' && body) };
}

const button = (data: unknown, text: unknown = 'x') => ({ inline_keyboard: [[{ text, callback_data: data }]] });
const press = () => telegram.press({ chatId: 5, messageId: 1, data: 'x', user: { id: 9, username: 'mia' } });

describe('messages', () => {
  it.each<[string, string, object, string]>([
    ['65 bytes of data', 'sendMessage', { chat_id: 5, text: 'x', reply_markup: button('ä'.repeat(33)) }, 'BUTTON_DATA_INVALID'],
    ['no data', 'sendMessage', { chat_id: 5, text: 'x', reply_markup: button(undefined) }, 'Text buttons are unallowed'],
    ['no text on a button', 'sendMessage', { chat_id: 5, text: 'x', reply_markup: button('a', null) }, 'Can\'t find field "text"'],
    ['a keyboard that is none', 'sendMessage', { chat_id: 5, text: 'x', reply_markup: { keyboard: [] } }, 'inline_keyboard'],
    ['half a surrogate pair', 'sendMessage', { chat_id: 5, text: 'a\ud800' }, 'strings must be encoded in UTF-8'],
    ['an edit of nothing', 'editMessageText', { chat_id: 5, message_id: 1, text: 'x' }, 'message to edit not found'],
    ['an answer to nothing', 'answerCallbackQuery', { callback_query_id: '1' }, 'query is too old and response timeout expired'],
  ])('with %s are refused', async (_, method, params, description) => {
    expect(await answered(method, params)).toMatchObject({ http: 400, description: expect.stringContaining(description) });
  });

  it('are edited, lose their buttons where none are given, and are not edited into the same', async () => {
    await answered('sendMessage', { chat_id: 5, text: 'x', reply_markup: button('ä'.repeat(32)) });
    const edit = { chat_id: 5, message_id: 1, text: 'x' };
    expect(await answered('editMessageText', edit)).toMatchObject({ http: 200 });
    expect(telegram.cards()).toMatchObject([{ text: 'x', buttons: [], edits: 1 }]);
    const description = expect.stringContaining(
      'message is not modified: specified new message content and reply markup are exactly the same',
    );
    expect(await answered('editMessageText', edit)).toMatchObject({ http: 400, description });
    expect(await answered('deleteMessage', edit)).toMatchObject({ http: 200 });
    expect(await answered('editMessageText', edit)).toMatchObject({ http: 400 });
  });
});

const send = async (chat: number) => (await answered('sendMessage', { chat_id: chat, text: 'x' })).http;

describe('flood control', () => {
  it('only counts until it is switched on', async () => {
    for (let n = 0; n < 8; n++) expect(await send(5)).toBe(200);
    expect(telegram.flood.measured()).toEqual({ peaks: { 'chat in 5 s': 8, 'bot in 1 s': 8 }, refused: 0 });
  });

  it('lets through one a second in a chat with short bursts, and twenty a minute in a group', async () => {
    telegram.flood.enforce(true);
    const taken: number[] = [];
    for (let n = 0; n < 40; n++, time += 1_000) if ((await send(-7)) === 200) taken.push(n);
    expect(taken).toEqual(Array.from({ length: 20 }, (_, n) => n));
    for (let n = 0; n < 5; n++) expect(await send(5)).toBe(200);
    expect(await answered('sendMessage', { chat_id: 5, text: 'x' })).toMatchObject({
      http: 429,
      description: 'Too Many Requests: retry after 5',
    });
    expect(telegram.flood.measured().refused).toBe(21);
  });
});

describe('updates', () => {
  it('come until they are confirmed', async () => {
    press();
    press();
    const first = await answered('getUpdates', {});
    expect(first).toMatchObject({ result: [{ update_id: 101, callback_query: { data: 'x', from: { id: 9 } } }, { update_id: 102 }] });
    expect(await answered('getUpdates', { limit: 1 })).toMatchObject({ result: [{ update_id: 101 }] });
    expect(await answered('getUpdates', { offset: 102 })).toMatchObject({ result: [{ update_id: 102 }] });
    expect(telegram.pendingUpdates()).toBe(1);
    expect(await answered('getUpdates', { offset: 103 })).toMatchObject({ result: [] });
  });

  it('are given to a question that waits, and a second question ends the first', async () => {
    const first = answered('getUpdates', { timeout: 50 });
    await eventually(() => telegram.requests.length === 1);
    const second = answered('getUpdates', { timeout: 50 });
    expect(await first).toMatchObject({ http: 409, description: expect.stringContaining('terminated by other getUpdates request') });
    press();
    expect(await second).toMatchObject({ result: [{ update_id: 101 }] });
  });

  it('can be answered once they came, until they are too old', async () => {
    const id = press();
    expect(await answered('answerCallbackQuery', { callback_query_id: id, text: 'done' })).toMatchObject({ http: 200 });
    expect(telegram.answers).toEqual([{ id, text: 'done' }]);
    telegram.expirePresses();
    expect(await answered('answerCallbackQuery', { callback_query_id: id })).toMatchObject({ http: 400 });
  });
});

describe('a webhook', () => {
  it.each([
    ['http://example.com/x', 'An HTTPS URL must be provided for webhook'],
    ['https://example.com:8000/x', 'only on ports 80, 88, 443 or 8443'],
    ['https://10.0.0.1/x', 'IP address 10.0.0.1 is reserved'],
    ['nonsense', 'invalid URL'],
  ])('at %s is refused', async (url, description) => {
    expect(await answered('setWebhook', { url })).toMatchObject({ http: 400, description: expect.stringContaining(description) });
  });

  it('takes no secret of other characters', async () => {
    expect(await answered('setWebhook', { url: 'https://example.com', secret_token: 'a b' })).toMatchObject({ http: 400 });
  });

  it('and polling exclude each other', async () => {
    await answered('setWebhook', { url: 'https://example.com/x', allowed_updates: ['callback_query'] });
    const description = expect.stringContaining("can't use getUpdates method while webhook is active");
    expect(await answered('getUpdates', {})).toMatchObject({ http: 409, description });
    const result = { url: 'https://example.com/x', allowed_updates: ['callback_query'], pending_update_count: 0 };
    expect(await answered('getWebhookInfo', {})).toMatchObject({ result });
    await answered('deleteWebhook', {});
    expect(await answered('getUpdates', {})).toMatchObject({ result: [] });
  });

  it('gets each update until it takes it, with the secret', async () => {
    await telegram.stop();
    telegram = await startTelegram({ token: '1:a-token', local: true });
    let status = 500;
    const receiver: HttpServer = await startHttpServer({ handle: () => ({ status }) });
    await answered('setWebhook', { url: `${receiver.url}/hook`, secret_token: 'a-secret' });
    press();
    await eventually(() => receiver.requests.length >= 2);
    expect(await answered('getWebhookInfo', {})).toMatchObject({
      result: { pending_update_count: 1, last_error_message: 'Wrong response from the webhook: 500 Internal Server Error' },
    });
    status = 200;
    await eventually(() => telegram.pendingUpdates() === 0);
    expect(receiver.requests[0]?.headers['x-telegram-bot-api-secret-token']).toBe('a-secret');
    await receiver.stop();
  });
});
