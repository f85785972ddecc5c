import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hopWorld, type HopWorld, tryHop } from '../../test/chain/world.ts';
import type { Fault } from '../../test/servers/http-server.ts';
import { type StandInChat, startTelegram, type Telegram } from '../../test/servers/telegram.ts';
import { telegram } from './telegram.ts';

const CHATS: readonly StandInChat[] = [
  { id: -100, type: 'supergroup', title: 'on call', topics: [7] },
  { id: 5, type: 'private' },
  { id: -200, type: 'channel', title: 'alerts', bot: 'administrator' },
  { id: -201, type: 'channel', title: 'read only', bot: 'administrator', mayPost: false },
  { id: -202, type: 'group', bot: 'kicked' },
  { id: 6, type: 'private', bot: 'blocked' },
];

let server: Telegram;
let world: HopWorld;

beforeAll(async () => {
  server = await startTelegram({ chats: CHATS });
  world = hopWorld();
});
afterEach(async () => {
  server.mend();
  await server.accept();
});
afterAll(async () => {
  await world.close();
  await server.stop();
});

function attemptIn(
  chatId: string,
  { token = server.token, timeoutMs = 20_000, ...own }: { token?: string; timeoutMs?: number; messageThreadId?: number } = {},
) {
  world.env['SECRET_BOT_TOKEN'] = token;
  const block = { botToken: { name: 'bot', key: 'token' }, chatId, apiRoot: server.url, ...own };
  return tryHop(telegram, world, { hop: { type: 'Telegram', telegram: block }, timeoutMs });
}

it.each([
  ['a group', '-100', 'supergroup'],
  ['a private chat', '5', 'private'],
  ['a channel, by the bot’s rights', '-200', 'channel'],
])('passes in %s and leaves nothing there', async (_, chatId, type) => {
  const result = await attemptIn(chatId);
  expect(result).toMatchObject({ result: 'Passed', message: `Bot @awoooi_bot may write to the ${type}.`, latencyMs: expect.any(Number) });
  expect(server.sent).toEqual([]);
});

it('tries the topic that it is given', async () => {
  expect(await attemptIn('-100', { messageThreadId: 7 })).toMatchObject({ result: 'Passed' });
  expect(server.actions.at(-1)).toMatchObject({ chatId: -100, threadId: 7 });
});

it.each([
  ['the chat is unknown', '-999', {}, { cause: 'ChatNotFound', message: expect.stringContaining('-999') }],
  ['the bot may not post in the channel', '-201', {}, { cause: 'Forbidden', message: expect.stringContaining('administrator') }],
  ['the bot was kicked', '-202', {}, { cause: 'Forbidden', statusCode: 403 }],
  ['the bot is blocked', '6', {}, { cause: 'Forbidden', statusCode: 403 }],
  ['the topic is gone', '-100', { messageThreadId: 99 }, { cause: 'SendFailed', message: expect.stringContaining('thread not found') }],
  ['the token is unknown', '-100', { token: '1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, { cause: 'Unauthorized' }],
  ['the token is none', '-100', { token: 'hunter2' }, { cause: 'Unauthorized' }],
])('fails when %s', async (_, chatId, own, expected) => {
  expect(await attemptIn(chatId, own)).toMatchObject({ result: 'Failed', ...expected });
});

describe('fails when Telegram', () => {
  it.each<[string, Fault, string]>([
    ['is down', { is: 'answer', reply: { status: 502, body: '<html>' } }, 'BadStatus'],
    ['is answered for by a login page', { is: 'answer', reply: { status: 200, body: '<html>' } }, 'BadAnswer'],
    ['redirects', { is: 'answer', reply: { status: 302, headers: { location: 'http://x/' } } }, 'Redirected'],
    ['resets', { is: 'reset' }, 'Unreachable'],
  ])('%s', async (_, fault, cause) => {
    server.breakWith(fault);
    expect(await attemptIn('-100')).toMatchObject({ result: 'Failed', cause });
  });

  it('hangs', async () => {
    server.breakWith({ is: 'hang' });
    expect(await attemptIn('-100', { timeoutMs: 300 })).toMatchObject({ result: 'Failed', cause: 'TimedOut' });
  });

  it('refuses', async () => {
    await server.refuse();
    expect(await attemptIn('-100')).toMatchObject({ result: 'Failed', cause: 'Unreachable' });
  });

  it('has had enough', async () => {
    server.limit(3);
    expect(await attemptIn('-100')).toMatchObject({ result: 'Failed', cause: 'RateLimited', statusCode: 429 });
  });
});

it('shows the token nowhere', async () => {
  server.breakWith({ is: 'answer', reply: { status: 502, body: `no route for /bot${server.token}/getMe` } });
  expect(JSON.stringify(await attemptIn('-100'))).not.toContain(server.token.split(':')[1]);
});

it('is not tried without its token', async () => {
  expect(await attemptIn('-100', { token: '\n' })).toMatchObject({ result: 'Unknown', cause: 'SecretEmpty' });
});
