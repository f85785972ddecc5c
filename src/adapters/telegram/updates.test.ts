import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { type Received, startHttpServer } from '../../../test/servers/http-server.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import type { Press } from '../../domain/ports/cards.ts';
import { type PollOptions, pollUpdates } from './updates.ts';
import { registerWebhook, webhookSight } from './webhook-registration.ts';

let server: Telegram;
let seen: Press[];
let problems: (string | undefined)[];
let lines: string[];
let ending: AbortController;
let running: Promise<void>[];

beforeEach(async () => {
  server = await startTelegram({ chats: [{ id: -1001, type: 'supergroup' }] });
  [seen, problems, lines, running] = [[], [], [], []];
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await Promise.all(running);
  await server.stop();
});

const line = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
const logger = { debug: line, info: line, warn: line, error: line, child: () => logger };

function poll(over: Partial<PollOptions> = {}, signal = ending.signal): void {
  const options: PollOptions = {
    token: () => server.token,
    apiRoot: server.url,
    onPress: async press => void seen.push(press),
    onState: problem => void problems.push(problem),
    logger,
    pace: 0.005,
    ...over,
  };
  running.push(pollUpdates(options, signal));
}

const press = (data: string) => server.press({ chatId: -1001, messageId: 3, data, user: { id: 9, username: 'mia' } });
const asked = () => server.requests.filter(({ path }) => path.endsWith('/getUpdates'));
const last = <T>(list: readonly T[]): T | undefined => list.at(-1);

describe('polling', () => {
  it('gives each press once, in order, asks for nothing else, and confirms what it handled', async () => {
    const id = press('one');
    poll();
    press('two');
    await eventually(() => seen.length === 2 && server.pendingUpdates() === 0);
    expect(seen[0]).toEqual({ id, data: 'one', userId: 9, userName: 'mia', chatId: '-1001', messageId: 3 });
    expect(seen[1]).toMatchObject({ data: 'two' });
    expect(JSON.parse(asked()[0]?.body ?? '')).toMatchObject({ allowed_updates: ['callback_query'], timeout: 25 });
    press('three');
    await eventually(() => seen.length === 3);
  });

  it('gives a press again that was not handled', async () => {
    let broken = true;
    poll({
      onPress: async given => {
        seen.push(given);
        if (broken) throw new Error('away');
      },
    });
    press('one');
    await eventually(() => seen.length >= 2);
    expect(server.pendingUpdates()).toBe(1);
    broken = false;
    await eventually(() => server.pendingUpdates() === 0);
    // It came in all the time.
    expect(problems.filter(problem => problem !== undefined)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('backs off where another asks for the same bot, says so once, and goes on', async () => {
    await fetch(`${server.url}/bot${server.token}/setWebhook?url=${encodeURIComponent('http://127.0.0.1:1/x')}`);
    poll();
    await eventually(() => problems.length >= 3);
    expect(last(problems)).toContain('give this bot to nobody else');
    expect(lines.filter(each => each.includes('409'))).toHaveLength(1);
    await fetch(`${server.url}/bot${server.token}/deleteWebhook`);
    await eventually(() => {
      press('late');
      return seen.length > 0;
    });
    expect(last(lines)).toContain('come in again');
  });

  it('waits at least 3 s after a conflict', async () => {
    await fetch(`${server.url}/bot${server.token}/setWebhook?url=${encodeURIComponent('http://127.0.0.1:1/x')}`);
    const began = performance.now();
    poll({ pace: 1 });
    await eventually(() => problems.length >= 2, { withinMs: 20_000 });
    expect(performance.now() - began).toBeGreaterThan(3_000);
  });

  it('asks on, rarely, with a token that is not known, and takes a new one', async () => {
    let token = '1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
    poll({ token: () => token });
    await eventually(() => problems.length > 0);
    expect(problems[0]).toContain('does not know this bot token');
    expect(lines.join(' ')).not.toContain('AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
    token = server.token;
    press('one');
    await eventually(() => seen.length === 1);
  });

  it('ends while Telegram holds its question, and at once', async () => {
    poll();
    await eventually(() => asked().length === 1);
    ending.abort();
    await Promise.all(running);
    expect(problems).toEqual([]);
  });

  it('by another ends with 409 for the first, and one of them gets each press', async () => {
    poll();
    await eventually(() => asked().length === 1);
    const other = new AbortController();
    poll({}, other.signal);
    await eventually(() => problems.some(problem => problem?.includes('409')));
    press('one');
    await eventually(() => seen.length > 0 && server.pendingUpdates() === 0);
    expect(seen[0]).toMatchObject({ data: 'one' });
    other.abort();
  });
});

const register = (url: string, secret = 'a-secret') =>
  registerWebhook({ token: () => server.token, apiRoot: server.url, url, secret }, AbortSignal.timeout(10_000));

const sight = (url: string, at = new Date()) =>
  webhookSight({ token: () => server.token, apiRoot: server.url, url, now: () => at }, AbortSignal.timeout(10_000));

describe('the webhook', () => {
  it('is set with its secret, for presses only', async () => {
    await register('http://127.0.0.1:1/hook');
    const body: unknown = JSON.parse(last(server.requests)?.body ?? '');
    expect(body).toEqual({ url: 'http://127.0.0.1:1/hook', secret_token: 'a-secret', allowed_updates: ['callback_query'] });
  });

  it('is ours or not, and tells of a failure while presses wait for it', async () => {
    expect(await sight('http://127.0.0.1:1/hook')).toEqual({ isOurs: false });
    await register('http://127.0.0.1:1/hook');
    expect(await sight('HTTP://127.0.0.1:1/hook')).toEqual({ isOurs: true });
    expect(await sight('http://127.0.0.1:1/other')).toEqual({ isOurs: false });
    press('one');
    const problem = 'Telegram cannot deliver to http://127.0.0.1:1/hook: Connection failed';
    await eventually(async () => (await sight('http://127.0.0.1:1/hook')).problem === problem);
    // It goes on naming its last failure.
    expect(await sight('http://127.0.0.1:1/hook', new Date(Date.now() + 3_600_000))).toEqual({ isOurs: true });
    const taken: Received[] = [];
    const hook = await startHttpServer({
      handle: request => {
        taken.push(request);
        return { status: 200, body: {} };
      },
    });
    await register(`${hook.url}/hook`);
    await eventually(() => taken.length === 1 && server.pendingUpdates() === 0);
    expect(await sight(`${hook.url}/hook`)).toEqual({ isOurs: true });
    await hook.stop();
  });

  it('that Telegram refuses is a PortError', async () => {
    await expect(register('http://127.0.0.1:1/hook', 'a b')).rejects.toMatchObject({
      fault: 'rejected',
      message: expect.stringContaining('secret token contains unallowed characters'),
    });
  });
});
