import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../../test/parts/eventually.ts';
import { startTelegram, type Telegram } from '../../../test/servers/telegram.ts';
import { registerWebhook, webhookSight } from '../../adapters/telegram/webhook-registration.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { webhookUpkeep } from './webhook-upkeep.ts';

const URL = 'http://127.0.0.1:1/hook';

let server: Telegram;
let states: (string | undefined)[];
let lines: string[];
let close: () => Promise<void>;

const log: Logger = {
  debug() {},
  info: (_, line) => void lines.push(line),
  warn: (fields, line) => void lines.push(`${line} ${JSON.stringify(fields)}`),
  error() {},
  child: () => log,
};

beforeEach(async () => {
  server = await startTelegram();
  [states, lines] = [[], []];
});
afterEach(async () => {
  await close();
  await server.stop();
});

function keep({ secret = 'a-secret' } = {}): void {
  const bot = { token: () => server.token, apiRoot: server.url, url: URL };
  const kept = webhookUpkeep({
    register: signal => registerWebhook({ ...bot, secret }, signal),
    look: signal => webhookSight({ ...bot, now: () => new Date() }, signal),
    onState: problem => void states.push(problem),
    log,
    random: () => 0,
    everyMs: 20,
  });
  close = () => kept.close();
}

const calls = (method: string): number => server.requests.filter(({ path }) => path.endsWith(`/${method}`)).length;
const state = (): string | undefined => states.at(-1);

it('registers once, and looks again and again', async () => {
  keep();
  await eventually(() => calls('getWebhookInfo') > 3);
  expect([calls('setWebhook'), new Set(states), lines]).toEqual([1, new Set([undefined]), []]);
});

it('says why it cannot be registered, until it is', async () => {
  server.limit(1);
  keep();
  await eventually(() => state()?.includes('setWebhook with 429') === true);
  expect(calls('getWebhookInfo')).toBe(0);
  server.mend();
  await eventually(() => states.length > 1 && state() === undefined);
});

it('says what Telegram refuses', async () => {
  keep({ secret: 'a b' });
  await eventually(() => state() !== undefined);
  expect(state()).toContain('secret token contains unallowed characters');
});

it('says that presses do not get through, once in the log, and shows no token', async () => {
  keep();
  await eventually(() => calls('getWebhookInfo') > 0);
  server.press({ chatId: 1, messageId: 1, data: 'x', user: { id: 1 } });
  await eventually(() => state() === `Telegram cannot deliver to ${URL}: Connection failed`);
  const before = calls('getWebhookInfo');
  await eventually(() => calls('getWebhookInfo') > before + 2);
  // Its secret may be another by now, which Telegram has to be told.
  expect(calls('setWebhook')).toBeGreaterThan(1);
  expect(lines).toEqual([expect.stringMatching(/^presses of buttons in Telegram do not come in .*Connection failed/)]);
  expect(`${lines.join()} ${states.join()}`).not.toContain(server.token.split(':')[1]);
});

it('says that it cannot look, until it can', async () => {
  keep();
  await eventually(() => calls('getWebhookInfo') > 0);
  server.breakWith({ is: 'reset' });
  await eventually(() => state() !== undefined);
  expect(state()).toMatch(/getWebhookInfo|connection/i);
  server.mend();
  await eventually(() => state() === undefined);
});

it('is set again where somebody else had set it, who is told of', async () => {
  keep();
  await eventually(() => calls('getWebhookInfo') > 0);
  await registerWebhook(
    { token: () => server.token, apiRoot: server.url, url: 'http://127.0.0.1:1/other', secret: 'x' },
    AbortSignal.timeout(5_000),
  );
  await eventually(() => states.some(problem => problem?.includes('somebody else') === true));
  await eventually(() => state() === undefined);
  expect(
    await webhookSight({ token: () => server.token, apiRoot: server.url, url: URL, now: () => new Date() }, AbortSignal.timeout(5_000)),
  ).toEqual({
    isOurs: true,
  });
});
