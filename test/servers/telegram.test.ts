import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTelegram, type Telegram } from './telegram.ts';

const TOKEN = '1:a-token';
let telegram: Telegram;

beforeAll(async () => {
  const chats = [
    { id: 5, type: 'private' as const },
    { id: -7, type: 'channel' as const, bot: 'administrator' as const },
  ];
  telegram = await startTelegram({ token: TOKEN, chats });
});
afterAll(() => telegram.stop());

async function answered(method: string, params: object, token = TOKEN): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${telegram.url}/bot${token}/${method}`, { method: 'POST', headers, body: JSON.stringify(params) });
  const body: unknown = await response.json();
  return { http: response.status, ...(typeof body === 'object' && body) };
}

const html = (text: string) => ({ chat_id: 5, text, parse_mode: 'HTML' });

it.each<[string, string, object, number, string]>([
  ['another token', 'getMe', {}, 401, 'Unauthorized'],
  ['no chat', 'getChat', {}, 400, 'Bad Request: chat_id is empty'],
  ['an unknown chat', 'getChat', { chat_id: 6 }, 400, 'Bad Request: chat not found'],
  [
    'the General topic by its id',
    'sendMessage',
    { chat_id: 5, text: 'x', message_thread_id: 1 },
    400,
    'Bad Request: message thread not found',
  ],
  ['no text', 'sendMessage', { chat_id: 5 }, 400, 'Bad Request: message text is empty'],
  ['only markup', 'sendMessage', html('<b></b>'), 400, 'Bad Request: message text is empty'],
  ['4097 characters', 'sendMessage', { chat_id: 5, text: '😀'.repeat(4097) }, 400, 'Bad Request: message is too long'],
  ['more than 32,768 bytes', 'sendMessage', { chat_id: 5, text: 'ä'.repeat(20_000) }, 400, 'Bad Request: text is too long'],
  [
    'a foreign tag',
    'sendMessage',
    html('ä<host>'),
    400,
    'Bad Request: can\'t parse entities: Unsupported start tag "host" at byte offset 2',
  ],
  [
    'a tag left open',
    'sendMessage',
    html('<b>x'),
    400,
    'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
  ],
  ['a tag cut off', 'sendMessage', html('a <b'), 400, "Bad Request: can't parse entities: Unclosed start tag at byte offset 2"],
  ['an end without a start', 'sendMessage', html('</b>'), 400, "Bad Request: can't parse entities: Unexpected end tag at byte offset 0"],
  ['an unknown method', 'sendRocket', {}, 404, 'Not Found'],
])('refuses %s as the Bot API does', async (what, method, params, code, description) => {
  const token = what === 'another token' ? '2:b-token' : TOKEN;
  expect(await answered(method, params, token)).toMatchObject({ http: code, ok: false, error_code: code, description });
});

it('tells tags that cross each other', async () => {
  const description = 'Bad Request: can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"';
  expect(await answered('sendMessage', html('<b>x<i></b></i>'))).toMatchObject({ description });
});

it('knows nothing at all for a token that is none', async () => {
  expect(await answered('getMe', {}, 'nonsense')).toEqual({ http: 404, ok: false, error_code: 404, description: 'Not Found' });
});

it('counts 4096 characters after parsing', async () => {
  const text = `<b>${'&lt;'.repeat(4096)}</b>`;
  expect(await answered('SENDMESSAGE', html(text))).toMatchObject({ http: 200, ok: true });
  expect(telegram.sent.at(-1)).toEqual({ chatId: 5, text: '<'.repeat(4096), parseMode: 'HTML' });
});

it('takes no chat action for a channel', async () => {
  expect(await answered('sendChatAction', { chat_id: -7, action: 'typing' })).toMatchObject({ http: 400, ok: false });
  expect(await answered('sendChatAction', { chat_id: '5', action: 'typing' })).toEqual({ http: 200, ok: true, result: true });
});

it('slows down on demand', async () => {
  telegram.limit(3);
  expect(await answered('getMe', {})).toEqual({
    http: 429,
    ok: false,
    error_code: 429,
    description: 'Too Many Requests: retry after 3',
    parameters: { retry_after: 3 },
  });
  telegram.mend();
});
