import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../test/servers/http-server.ts';
import { type StandInChat, startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Card, Cards } from '../../domain/ports/cards.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { telegramCards } from './cards.ts';

const TOKEN = '4242:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
const GROUP: StandInChat = { id: -1001, type: 'supergroup', title: 'ops', topics: [7] };
const card = (over: Partial<Card> = {}): Card => ({ html: '<b>disk</b> &lt;full&gt;', buttons: [], ...over });

let server: Telegram;
let cards: Cards;
let token = TOKEN;

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

async function failure(doing: Promise<unknown>): Promise<PortError> {
  const err = await doing.then(
    () => 'it worked',
    (reason: unknown) => reason,
  );
  if (!(err instanceof PortError)) throw new Error(`not a PortError: ${String(err)}`);
  expect(`${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`).not.toContain(TOKEN.slice(5));
  return err;
}

const send = () => failure(cards.send({ chatId: '-1001' }, card(), soon()));

beforeAll(async () => {
  server = await startTelegram({ token: TOKEN });
});
beforeEach(() => {
  token = TOKEN;
  server.setToken(TOKEN);
  server.setChat(GROUP);
  cards = telegramCards({ token: () => token, apiRoot: `${server.url}/`, deadlineMs: 2_000 });
});
afterEach(async () => {
  server.mend();
  await server.accept();
});
afterAll(() => server.stop());

describe('a card', () => {
  it('is sent with buttons, into its topic, and without a sound where asked', async () => {
    const buttons = [[{ text: 'Ack', data: 'a:1' }], [{ text: '1 h', data: 's1:1' }]];
    const sent = await cards.send({ chatId: '-1001', threadId: 7 }, card({ buttons, quiet: true }), soon());
    expect(sent).toEqual({ chatId: '-1001', threadId: 7, messageId: server.sent.length });
    expect(server.cards().at(-1)).toEqual({
      chatId: -1001,
      messageId: sent.messageId,
      text: 'disk <full>',
      parseMode: 'HTML',
      threadId: 7,
      quiet: true,
      buttons,
      edits: 0,
    });
  });

  it('is edited in place, and its buttons go where it has none any more', async () => {
    const sent = await cards.send({ chatId: '-1001' }, card({ buttons: [[{ text: 'Ack', data: 'a:1' }]] }), soon());
    expect(await cards.edit(sent, card({ html: '<i>over</i>' }), soon())).toBe(true);
    expect(server.cards().at(-1)).toMatchObject({ messageId: sent.messageId, text: 'over', buttons: [], edits: 1 });
    expect(await cards.edit(sent, card({ html: '<i>over</i>' }), soon())).toBe(true);
    expect(server.cards().at(-1)).toMatchObject({ edits: 1 });
  });

  it('that somebody deleted is told gone', async () => {
    const sent = await cards.send({ chatId: '-1001' }, card(), soon());
    server.deleteMessage(-1001, sent.messageId);
    expect(await cards.edit(sent, card({ html: 'x' }), soon())).toBe(false);
  });

  it('of a group that became a supergroup is told gone, and the next one follows', async () => {
    server.setChat({ id: -5, type: 'group' });
    const sent = await cards.send({ chatId: '-5' }, card(), soon());
    server.setChat({ id: -5, type: 'group', migratedTo: -1001 });
    expect(await cards.edit(sent, card({ html: 'x' }), soon())).toBe(false);
    expect(await cards.send({ chatId: '-5' }, card(), soon())).toMatchObject({ chatId: '-1001' });
    const before = server.requests.length;
    expect(await cards.send({ chatId: '-5' }, card(), soon())).toMatchObject({ chatId: '-1001' });
    expect(server.requests.length - before).toBe(1);
  });

  it('says the id of a chat that is addressed by name', async () => {
    server.setChat({ id: -1009, type: 'channel', username: 'opschannel' });
    expect(await cards.send({ chatId: '@opschannel' }, card(), soon())).toMatchObject({ chatId: '-1009' });
  });

  it('answers another message, also where that is gone', async () => {
    const sent = await cards.send({ chatId: '-1001' }, card(), soon());
    await cards.send({ chatId: '-1001' }, card({ replyTo: sent.messageId }), soon());
    expect(server.sent.at(-1)).toMatchObject({ replyTo: sent.messageId });
    await cards.send({ chatId: '-1001' }, card({ replyTo: 999_999 }), soon());
    expect(server.sent.at(-1)).not.toHaveProperty('replyTo');
  });
});

describe('a card that is refused as it is goes out all the same', () => {
  it('as plain text, with its buttons, where its markup is wrong', async () => {
    const buttons = [[{ text: 'Ack', data: 'a:1' }]];
    const sent = await cards.send({ chatId: '-1001' }, card({ html: '<b>a</b> <host> &amp;', buttons }), soon());
    expect(server.cards().at(-1)).toMatchObject({ text: 'a  &', buttons });
    expect(server.cards().at(-1)).not.toHaveProperty('parseMode');
    expect(await cards.edit(sent, card({ html: '<b>b</b> <host>' }), soon())).toBe(true);
    expect(server.cards().at(-1)).toMatchObject({ text: 'b ', edits: 1 });
  });

  it('shortened where it is too long', async () => {
    await cards.send({ chatId: '-1001' }, card({ html: `<b>${'ä'.repeat(5000)}</b>` }), soon());
    expect(Array.from(server.sent.at(-1)?.text ?? '')).toHaveLength(3500);
  });

  it.each([99, 1])('without topic %s', async threadId => {
    const sent = await cards.send({ chatId: '-1001', threadId }, card(), soon());
    expect(sent).not.toHaveProperty('threadId');
    expect(server.sent.at(-1)).not.toHaveProperty('threadId');
  });
});

describe('a refusal is a PortError', () => {
  it.each<[number, string]>([
    [401, 'unauthorized'],
    [404, 'unauthorized'],
    [403, 'forbidden'],
    [400, 'rejected'],
    [409, 'rejected'],
    [500, 'unavailable'],
    [502, 'unavailable'],
  ])('%s: %s', async (status, fault) => {
    server.breakWith({ is: 'answer', reply: { status, body: { ok: false, error_code: status, description: `says ${TOKEN}` } } });
    expect(await send()).toMatchObject({ fault, statusCode: status });
  });

  it('that says how long to wait', async () => {
    server.limit(17);
    expect(await send()).toMatchObject({ fault: 'rate-limited', retryAfterMs: 17_000 });
  });

  it.each<[string, Fault, object]>([
    ['a reset', { is: 'reset' }, { fault: 'unreachable', detail: 'reset' }],
    ['a lost answer', { is: 'drop-answer' }, { fault: 'unreachable', detail: 'reset' }],
    ['no answer', { is: 'hang' }, { fault: 'unreachable', detail: 'timed-out' }],
    ['an endless answer', { is: 'endless' }, { fault: 'unreachable', detail: 'timed-out' }],
    ['half an answer', { is: 'truncated' }, { fault: 'unreachable' }],
    ['too long an answer', { is: 'huge', bytes: 20 * 1024 * 1024 }, { fault: 'malformed', detail: 'too-large' }],
    ['a page of a proxy', { is: 'answer', reply: { status: 502, body: '<html>bad gateway</html>' } }, { fault: 'unavailable' }],
    ['another JSON', { is: 'answer', reply: { status: 200, body: { status: 'ok' } } }, { fault: 'unavailable' }],
    ['null', { is: 'answer', reply: { status: 200, body: 'null' } }, { fault: 'unavailable' }],
    ['another result', { is: 'answer', reply: { status: 200, body: { ok: true, result: true } } }, { fault: 'malformed' }],
    [
      'a redirect',
      { is: 'answer', reply: { status: 302, headers: { location: 'http://127.0.0.1:1/' } } },
      { fault: 'rejected', detail: 'redirected' },
    ],
  ])('for %s', async (_, fault, expected) => {
    server.breakWith(fault);
    expect(await send()).toMatchObject(expected);
  });

  it('where nobody listens', async () => {
    await server.refuse();
    expect(await send()).toMatchObject({ fault: 'unreachable' });
  });

  it('once the caller gives up', async () => {
    server.breakWith({ is: 'hang' });
    const err = await failure(cards.send({ chatId: '-1001' }, card(), AbortSignal.timeout(50)));
    expect(err).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });

  it('for what is no token', async () => {
    token = '../getMe';
    expect(await send()).toMatchObject({ fault: 'unauthorized' });
  });
});

it('takes a token that was replaced at the next call', async () => {
  await cards.send({ chatId: '-1001' }, card(), soon());
  server.setToken('4242:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
  expect(await failure(cards.send({ chatId: '-1001' }, card(), soon()))).toMatchObject({ fault: 'unauthorized' });
  token = server.token;
  expect(await cards.send({ chatId: '-1001' }, card(), soon())).toMatchObject({ chatId: '-1001' });
});

describe('a press', () => {
  it('is answered, in at most 200 characters', async () => {
    const id = server.press({ chatId: -1001, messageId: 1, data: 'x', user: { id: 5 } });
    await cards.answer(id, 'ä'.repeat(300), soon());
    expect(Array.from(server.answers.at(-1)?.text ?? '')).toHaveLength(200);
  });

  it('that is too old to be answered is no failure', async () => {
    await cards.answer('1', 'late', soon());
    server.limit(1);
    expect(await failure(cards.answer('1', 'late', soon()))).toMatchObject({ fault: 'rate-limited' });
  });
});

describe('the status', () => {
  it('is connected with the name of the bot', async () => {
    expect(await cards.status(soon())).toEqual({ connected: true, username: 'awoooi_bot', lastError: null });
  });

  it('is the error where it is not', async () => {
    server.setToken('1:other');
    expect(await cards.status(soon())).toMatchObject({ connected: false, username: null, lastError: expect.stringContaining('401') });
  });
});
