import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../test/servers/http-server.ts';
import { type StandInChat, startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { TelegramBot } from '../../domain/ports/telegram-bot.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { telegramBot } from './telegram-bot.ts';

const TOKEN = '4242:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const GROUP: StandInChat = { id: -1001, type: 'supergroup', title: 'ops', bot: 'administrator', topics: [7] };

let server: Telegram;
let client: OutgoingClient;
let bot: TelegramBot;

const never = (): AbortSignal => new AbortController().signal;
const connection = (token = TOKEN) => ({ token, apiRoot: server.url });
const typing = (chat: { id: string; messageThreadId?: number }) => bot.sendTyping(connection(), chat, never());
const say = (html: string, chat: { id: string; messageThreadId?: number } = { id: '-1001' }) =>
  bot.sendMessage(connection(), { ...chat, html }, never());

async function failure(doing: Promise<unknown>): Promise<Error> {
  const err = await doing.then(
    () => 'it worked',
    (reason: unknown) => reason,
  );
  if (!(err instanceof Error)) throw new Error(`not an error: ${String(err)}`);
  expect(`${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`).not.toContain(TOKEN.slice(5));
  return err;
}

const refuse = (status: number) =>
  server.breakWith({ is: 'answer', reply: { status, body: { ok: false, error_code: status, description: `says ${status}` } } });
const root = (apiRoot: string) => failure(bot.getMe({ token: TOKEN, apiRoot }, never()));

beforeAll(async () => {
  server = await startTelegram({ token: TOKEN, username: 'awoooi_bot' });
  client = outgoingClient({ deny: ['127.0.0.9'] });
  bot = telegramBot(client);
});
afterEach(async () => {
  server.mend();
  await server.accept();
  server.setChat(GROUP);
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

describe('what works', () => {
  it('says who the bot is', async () => {
    expect(await bot.getMe(connection(), never())).toEqual({ id: 4242, username: 'awoooi_bot' });
  });

  it('takes an API root with a path and a slash at the end', async () => {
    server.breakWith({ is: 'answer', reply: { status: 200, body: { ok: true, result: { id: 1, username: 'a' } } } });
    await bot.getMe({ token: TOKEN, apiRoot: `${server.url}/proxy/` }, never());
    expect(server.requests.at(-1)?.path).toBe(`/proxy/bot${TOKEN}/getMe`);
  });

  it('reads a chat', async () => {
    server.setChat(GROUP);
    expect(await bot.getChat(connection(), '-1001', never())).toEqual({ type: 'supergroup', title: 'ops' });
  });

  it('proves write access by a chat action, and leaves nothing', async () => {
    server.setChat(GROUP);
    await typing({ id: '-1001', messageThreadId: 7 });
    expect(server.actions.at(-1)).toEqual({ chatId: -1001, action: 'typing', threadId: 7 });
    expect(server.sent).toEqual([]);
  });

  it('addresses the General topic by leaving its id out', async () => {
    server.setChat(GROUP);
    await typing({ id: '-1001', messageThreadId: 1 });
    expect(server.actions.at(-1)).toEqual({ chatId: -1001, action: 'typing' });
  });

  it.each<[StandInChat['type'], NonNullable<StandInChat['bot']>, boolean | undefined, boolean]>([
    ['channel', 'administrator', true, true],
    ['channel', 'administrator', false, false],
    ['channel', 'creator', undefined, true],
    ['channel', 'left', undefined, false],
    ['channel', 'kicked', undefined, false],
    ['supergroup', 'administrator', undefined, true],
    ['supergroup', 'member', undefined, true],
    ['supergroup', 'restricted', true, true],
    ['supergroup', 'restricted', false, false],
  ])('in a %s as %s with right %s may post: %s', async (type, role, mayPost, expected) => {
    server.setChat({ id: -1002, type, bot: role, ...(mayPost !== undefined && { mayPost }) });
    expect(await bot.mayPost(connection(), '-1002', never())).toBe(expected);
  });

  it('sends HTML without link previews', async () => {
    server.setChat(GROUP);
    await say('<b>a</b> &lt;b&gt;', { id: '-1001', messageThreadId: 7 });
    expect(server.sent.at(-1)).toEqual({ chatId: -1001, text: 'a <b>', parseMode: 'HTML', threadId: 7 });
    expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toMatchObject({ link_preview_options: { is_disabled: true } });
  });
});

describe('a message that is refused as it is goes out all the same', () => {
  it('as plain text where its markup is wrong', async () => {
    await say('<b>disk</b> on <host> &amp; co <i>');
    expect(server.sent.at(-1)).toEqual({ chatId: -1001, text: 'disk on  & co ' });
  });

  it('as shorter plain text where it is too long', async () => {
    await say(`<b>${'ä'.repeat(5000)}</b>`);
    expect(Array.from(server.sent.at(-1)?.text ?? '').length).toBe(3500);
  });

  it('without the topic where that is gone', async () => {
    await say('x', { id: '-1001', messageThreadId: 99 });
    expect(server.sent.at(-1)).toEqual({ chatId: -1001, text: 'x', parseMode: 'HTML' });
  });

  it('to the supergroup that the group became', async () => {
    server.setChat({ id: -5, type: 'group', migratedTo: -1001 });
    await say('<b>x', { id: '-5', messageThreadId: 99 });
    expect(server.sent.at(-1)).toEqual({ chatId: -1001, text: 'x' });
  });

  it('but not for ever', async () => {
    server.setChat({ id: -5, type: 'group', migratedTo: -6 });
    server.setChat({ id: -6, type: 'group', migratedTo: -5 });
    const before = server.requests.length;
    expect(await failure(say('x', { id: '-5' }))).toMatchObject({ fault: 'rejected' });
    expect(server.requests.length - before).toBe(4);
  });
});

describe('a refusal is a PortError in Telegram’s words', () => {
  it.each<[string, string, object]>([
    [
      'an unknown token',
      '1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
      { fault: 'unauthorized', statusCode: 401, message: expect.stringContaining('401, Unauthorized: ') },
    ],
    ['a token of another shape', 'not/../a-token', { fault: 'unauthorized', message: expect.stringContaining('not of the form') }],
  ])('for %s', async (_, token, expected) => {
    expect(await failure(bot.getMe(connection(token), never()))).toMatchObject(expected);
  });

  it('for a token that the server takes for a path', async () => {
    server.breakWith({ is: 'answer', reply: { status: 404, body: { ok: false, error_code: 404, description: 'Not Found' } } });
    expect(await failure(bot.getMe(connection(), never()))).toMatchObject({ fault: 'unauthorized', statusCode: 404 });
  });

  it.each<[string, StandInChat, object]>([
    ['bot was blocked by the user', { id: 9, type: 'private', bot: 'blocked' }, { fault: 'forbidden', statusCode: 403 }],
    ['user is deactivated', { id: 9, type: 'private', bot: 'deactivated' }, { fault: 'forbidden', statusCode: 403 }],
    ['bot was kicked from the supergroup chat', { id: 9, type: 'supergroup', bot: 'kicked' }, { fault: 'forbidden', statusCode: 403 }],
    ['bot is not a member of the channel chat', { id: 9, type: 'channel', bot: 'left' }, { fault: 'forbidden', statusCode: 403 }],
    [
      'not enough rights to send text messages to the chat',
      { id: 9, type: 'supergroup', mayPost: false },
      { fault: 'rejected', statusCode: 400 },
    ],
    [
      "upgraded to a supergroup chat: the chat's id is now -1009",
      { id: 9, type: 'group', migratedTo: -1009 },
      { fault: 'rejected', statusCode: 400 },
    ],
  ])('%s', async (words, chat, expected) => {
    server.setChat(chat);
    expect(await failure(typing({ id: '9' }))).toMatchObject({ ...expected, message: expect.stringContaining(words) });
  });

  it('chat not found', async () => {
    const expected = { fault: 'rejected', statusCode: 400, message: 'Telegram answered getChat with 400, Bad Request: chat not found' };
    expect(await failure(bot.getChat(connection(), '-77', never()))).toMatchObject(expected);
    expect(await failure(say('x', { id: '-77' }))).toMatchObject({ fault: 'rejected', message: expect.stringContaining('chat not found') });
  });

  it('message thread not found, in a probe', async () => {
    const expected = { fault: 'rejected', message: expect.stringContaining('message thread not found') };
    expect(await failure(typing({ id: '-1001', messageThreadId: 8 }))).toMatchObject(expected);
  });

  it('Too Many Requests, with the time to wait', async () => {
    server.limit(17);
    expect(await failure(say('x'))).toMatchObject({ fault: 'rate-limited', statusCode: 429, retryAfterMs: 17_000 });
  });

  it('a conflict, and a failure of Telegram itself', async () => {
    refuse(409);
    expect(await failure(say('x'))).toMatchObject({ fault: 'rejected', statusCode: 409 });
    refuse(502);
    expect(await failure(say('x'))).toMatchObject({ fault: 'unavailable', statusCode: 502 });
  });
});

describe('what is no answer of Telegram', () => {
  it.each<[string, Fault, object]>([
    ['a proxy’s 502', { is: 'answer', reply: { status: 502, body: '<html>Bad Gateway' } }, { fault: 'unavailable', statusCode: 502 }],
    ['garbage with 200', { is: 'answer', reply: { status: 200, body: `hello bot${TOKEN}` } }, { fault: 'malformed', statusCode: 200 }],
    ['JSON of another kind', { is: 'answer', reply: { status: 200, body: { status: 'ok' } } }, { fault: 'malformed', statusCode: 200 }],
    [
      'a result of another kind',
      { is: 'answer', reply: { status: 200, body: { ok: true, result: { id: 'x' } } } },
      { fault: 'malformed', statusCode: 200 },
    ],
    [
      'a redirect',
      { is: 'answer', reply: { status: 302, headers: { location: `/bot${TOKEN}/x` } } },
      { fault: 'rejected', detail: 'redirected' },
    ],
    ['a reset', { is: 'reset' }, { fault: 'unreachable', detail: 'reset' }],
    ['an endless body', { is: 'endless' }, { fault: 'unreachable', detail: 'timed-out' }],
    ['100 MB', { is: 'huge', bytes: 100 * 1024 * 1024 }, { fault: 'malformed', detail: 'too-large' }],
  ])('%s', async (_, fault, expected) => {
    server.breakWith(fault);
    const signal = AbortSignal.timeout(fault.is === 'endless' ? 300 : 10_000);
    expect(await failure(bot.getMe(connection(), signal))).toMatchObject({ name: 'PortError', ...expected });
  });

  it('a hang is cut off by the caller’s signal', async () => {
    server.breakWith({ is: 'hang' });
    expect(await failure(bot.getMe(connection(), AbortSignal.timeout(200)))).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });

  it('an API root nobody answers at, or that is denied', async () => {
    expect(await root('http://127.0.0.1:1')).toMatchObject({ fault: 'unreachable', detail: 'refused' });
    expect(await root('http://nowhere.invalid')).toMatchObject({ fault: 'unreachable', detail: 'name-not-resolved' });
    expect(await root('http://127.0.0.9')).toMatchObject({ fault: 'unreachable', detail: 'address-denied' });
    expect(await root('http://169.254.169.254')).toMatchObject({ fault: 'unreachable', detail: 'address-denied' });
  });
});
