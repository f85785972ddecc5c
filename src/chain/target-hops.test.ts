import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drillsAway, hopWorld, type HopWorld, type Trial, tryHop } from '../../test/chain/world.ts';
import type { Fault } from '../../test/servers/http-server.ts';
import { startTarget, type Target } from '../../test/servers/target.ts';
import { alertmanagerWebhook } from './alertmanager-webhook.ts';
import { health } from './health.ts';
import type { RunHop } from './hop.ts';
import { sentryWebhook } from './sentry-webhook.ts';
import { signozWebhook } from './signoz-webhook.ts';
import { telegram } from './telegram.ts';

const TOKEN = 't0ken-of-the-target';
const SENTRY_SECRET = 'sentry-client-s3cret';
const bearer = { bearerToken: { name: 'api', key: 'token' } };
const clientSecret = { name: 'sentry', key: 'clientSecret' };

let target: Target;
let world: HopWorld;

beforeAll(async () => {
  target = await startTarget({ bearerToken: TOKEN, sentrySecret: SENTRY_SECRET });
  world = hopWorld();
});
afterEach(async () => {
  target.mend();
  target.setTelegramConnected(true);
  for (const name of Object.keys(world.env)) delete world.env[name];
  await target.accept();
});
afterAll(async () => {
  await world.close();
  await target.stop();
});

function attemptAt(run: RunHop, hop: Trial['hop'], trial: Partial<Trial> = {}) {
  world.env['SECRET_API_TOKEN'] ??= TOKEN;
  world.env['SECRET_SENTRY_CLIENTSECRET'] ??= SENTRY_SECRET;
  return tryHop(run, world, { hop, target: { url: target.url, auth: bearer }, ...trial });
}

const HOPS: readonly (readonly [string, RunHop, Trial['hop']])[] = [
  ['Health', health, { type: 'Health' }],
  ['AlertmanagerWebhook', alertmanagerWebhook, { type: 'AlertmanagerWebhook' }],
  ['SentryWebhook', sentryWebhook, { type: 'SentryWebhook', sentry: { clientSecret } }],
  ['SignozWebhook', signozWebhook, { type: 'SignozWebhook' }],
  ['Telegram via API', telegram, { type: 'Telegram', telegram: { via: 'API' } }],
];

describe.each(HOPS)('%s', (_, run, hop) => {
  it('passes, and pages nobody', async () => {
    expect(await attemptAt(run, hop)).toMatchObject({ result: 'Passed', statusCode: 200, latencyMs: expect.any(Number) });
    expect(target.realAlerts).toEqual([]);
  });

  it.each<[string, Fault, object]>([
    ['redirects', { is: 'answer', reply: { status: 302, headers: { location: '/login' } } }, { cause: 'Redirected', statusCode: 302 }],
    [
      'is broken',
      { is: 'answer', reply: { status: 500, body: 'boom\u0007' } },
      { cause: 'BadStatus', message: expect.stringMatching(/boom$/) },
    ],
    ['does not serve the path', { is: 'answer', reply: { status: 404 } }, { cause: 'BadStatus', statusCode: 404 }],
    ['refuses our credentials', { is: 'answer', reply: { status: 401 } }, { cause: 'Unauthorized', statusCode: 401 }],
    ['forbids it', { is: 'answer', reply: { status: 403 } }, { cause: 'Forbidden', statusCode: 403 }],
    ['has had enough', { is: 'answer', reply: { status: 429 } }, { cause: 'RateLimited', statusCode: 429 }],
    [
      'answers garbage',
      { is: 'answer', reply: { status: 200, body: '<html>login</html>' } },
      { cause: 'BadAnswer', message: expect.stringContaining('<html>login') },
    ],
    ['answers JSON that is no object', { is: 'answer', reply: { status: 200, body: [] } }, { cause: 'BadAnswer' }],
    ['answers an empty object', { is: 'answer', reply: { status: 200, body: {} } }, { cause: 'BadAnswer' }],
    ['answers nothing', { is: 'answer', reply: { status: 200 } }, { cause: 'BadAnswer', message: expect.stringContaining('(empty)') }],
    ['answers 100 MB', { is: 'huge', bytes: 100 * 1024 * 1024 }, { cause: 'AnswerTooLarge' }],
    ['resets', { is: 'reset' }, { cause: 'Unreachable' }],
  ])('fails when the target %s', async (_, fault, expected) => {
    target.breakWith(fault);
    expect(await attemptAt(run, hop)).toMatchObject({ result: 'Failed', ...expected });
  });

  it.each<[string, Fault]>([
    ['hangs', { is: 'hang' }],
    ['answers after the deadline', { is: 'slow', delayMs: 60_000 }],
    ['never ends its answer', { is: 'endless' }],
  ])('has timed out when the target %s', async (_, fault) => {
    target.breakWith(fault);
    expect(await attemptAt(run, hop, { timeoutMs: 300 })).toMatchObject({ result: 'Failed', cause: 'TimedOut' });
  });

  it('fails when the target refuses', async () => {
    await target.refuse();
    expect(await attemptAt(run, hop)).toMatchObject({
      result: 'Failed',
      cause: 'Unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('fails when the target’s name does not resolve', async () => {
    const result = await attemptAt(run, hop, { target: { url: 'http://nowhere.invalid' } });
    expect(result).toMatchObject({ result: 'Failed', cause: 'NameNotResolved', message: expect.stringContaining('nowhere.invalid') });
  });

  it('is not tried on a denied address', async () => {
    const result = await attemptAt(run, hop, { target: { url: 'http://169.254.169.254' } });
    expect(result).toMatchObject({ result: 'Unknown', cause: 'AddressDenied' });
  });

  it.each([
    ['is missing', undefined, 'SecretNotFound'],
    ['is empty', '', 'SecretEmpty'],
    ['is only a newline', '\n', 'SecretEmpty'],
    ['cannot stand in a header', 'two\nlines', 'NotConfigured'],
  ])('is not tried when the token %s', async (_, token, cause) => {
    const auth = { bearerToken: { name: 'broken', key: 'token' } };
    if (token !== undefined) world.env['SECRET_BROKEN_TOKEN'] = token;
    const before = target.requests.length;
    const result = await attemptAt(run, hop, { target: { url: target.url, auth } });
    expect(result).toMatchObject({ result: 'Unknown', cause });
    expect(target.requests.length).toBe(before);
  });

  it('takes a token with a trailing newline for the token', async () => {
    world.env['SECRET_API_TOKEN'] = `${TOKEN}\n`;
    expect(await attemptAt(run, hop)).toMatchObject({ result: 'Passed' });
  });

  it('shows no secret when the target throws it back', async () => {
    target.breakWith({ is: 'answer', reply: { status: 500, body: `who sent ${TOKEN}?` } });
    expect(JSON.stringify(await attemptAt(run, hop))).not.toContain(TOKEN);
  });

  it('quotes at most 200 characters', async () => {
    target.breakWith({ is: 'answer', reply: { status: 500, body: 'x'.repeat(5000) } });
    const { message } = await attemptAt(run, hop);
    expect(
      message
        .match(/x+/g)
        ?.map(run => run.length)
        .toSorted((a, b) => b - a)[0],
    ).toBe(199);
  });
});

describe('the target’s address', () => {
  it('may have a path and a query of its own', async () => {
    await attemptAt(health, { type: 'Health' }, { target: { url: `${target.url}/base/` } });
    expect(target.requests.at(-1)).toMatchObject({ path: '/base/api/v1/health' });
  });

  it('is called with basic credentials where those are given', async () => {
    world.env['SECRET_API_PASSWORD'] = 'pässword';
    const auth = { basic: { username: 'probe', password: { name: 'api', key: 'password' } } };
    await attemptAt(health, { type: 'Health' }, { target: { url: target.url, auth } });
    const expected = Buffer.from('probe:pässword').toString('base64');
    expect(target.requests.at(-1)?.headers).toMatchObject({ authorization: `Basic ${expected}` });
  });
});

function says(status: string) {
  target.breakWith({ is: 'answer', reply: { status: 200, body: { status } } });
  return attemptAt(health, { type: 'Health' });
}

describe('Health', () => {
  it.each(['ok', 'Healthy', 'UP', 'pass', 'running', 'operational', ' green '])('passes on a status of %s', async status => {
    expect(await says(status)).toMatchObject({ result: 'Passed' });
  });

  it.each(['unhealthy', 'DOWN', 'error', 'offline', 'degraded', 'warn', 'starting', 'not ok', 'unknown'])(
    'fails on a status of %s, and names it',
    async status => {
      expect(await says(status)).toMatchObject({
        result: 'Failed',
        cause: 'BadAnswer',
        message: expect.stringMatching(new RegExp(`whose status is none of ok, healthy, .*: \\{"status":"${status}"\\}$`)),
      });
    },
  );
});

describe('drills', () => {
  it('fail where they are taken for an alert', async () => {
    target.breakWith({ is: 'answer', reply: { status: 200, body: { status: 'accepted', incident_id: 'inc-1', is_new: true } } });
    const result = await attemptAt(alertmanagerWebhook, { type: 'AlertmanagerWebhook' });
    expect(result).toMatchObject({ result: 'Failed', cause: 'BadAnswer', message: expect.stringContaining('took the drill for an alert') });
  });

  it.each([
    ['AlertmanagerWebhook', alertmanagerWebhook],
    ['SignozWebhook', signozWebhook],
  ])('of %s carry a registered nonce, the drill label and severity none', async (type, run) => {
    await attemptAt(run, { type });
    const { alerts } = JSON.parse(target.requests.at(-1)?.body ?? '');
    const { labels } = alerts[0];
    expect(labels).toMatchObject({ severity: 'none', awoooi_drill: 'true' });
    const { signal } = new AbortController();
    expect(await world.ports.drills.find(labels.awoooi_nonce, signal)).toMatchObject({
      drill: { owner: 'probe/monitoring/production/it' },
    });
  });

  it('are tried although the store is away: their severity alone makes them drills', async () => {
    const away = hopWorld({ drills: drillsAway() });
    const result = await tryHop(alertmanagerWebhook, away, { hop: { type: 'AlertmanagerWebhook' }, target: { url: target.url } });
    expect(result).toMatchObject({ result: 'Failed', cause: 'Unauthorized' });
    await away.close();
  });
});

describe('SentryWebhook', () => {
  it('goes unsigned without a client secret, and is refused where one is wanted', async () => {
    expect(await attemptAt(sentryWebhook, { type: 'SentryWebhook' })).toMatchObject({ result: 'Failed', cause: 'Unauthorized' });
    expect(target.requests.at(-1)?.headers).not.toHaveProperty('sentry-hook-signature');
  });

  it('calls as Sentry does', async () => {
    await attemptAt(sentryWebhook, { type: 'SentryWebhook', sentry: { clientSecret } });
    expect(target.requests.at(-1)?.headers).toMatchObject({
      'content-type': 'application/json',
      'request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      'sentry-hook-resource': 'issue',
      'sentry-hook-timestamp': expect.stringMatching(/^[0-9]{10}$/),
      'sentry-hook-signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is not tried when the client secret has no such key', async () => {
    const hop = { type: 'SentryWebhook', sentry: { clientSecret: { name: 'sentry', key: 'other' } } };
    expect(await attemptAt(sentryWebhook, hop)).toMatchObject({ result: 'Unknown', cause: 'SecretKeyNotFound' });
  });
});

describe('Telegram via API', () => {
  const hop = { type: 'Telegram', telegram: { via: 'API' } };

  it('fails when the API is not connected', async () => {
    target.setTelegramConnected(false);
    expect(await attemptAt(telegram, hop)).toMatchObject({ result: 'Failed', cause: 'NotConnected' });
  });

  it.each([
    ['as it is', 'chat not\nfound', 'chat not found'],
    ['without the bot token in it', 'retries exceeded: /bot123456789:AAHdqTcvCH1vGWJx/getMe', 'retries exceeded: /bot***/getMe'],
    ['without our own credential', `echo of ${TOKEN}`, 'echo of ***'],
  ])('passes on what the API says was wrong, %s', async (_, lastError, shown) => {
    target.breakWith({ is: 'answer', reply: { status: 200, body: { connected: false, last_error: lastError } } });
    const result = await attemptAt(telegram, hop);
    expect(result).toMatchObject({ cause: 'NotConnected', message: `The API is not connected to Telegram: ${shown}.` });
  });

  it.each([
    [null, { result: 'Passed' }],
    ['', { result: 'Passed' }],
    ['bot was kicked', { result: 'Failed', cause: 'SendFailed', message: expect.stringMatching(/cards do not arrive: bot was kicked\.$/) }],
  ])('that is connected passes only where cards arrive as well: last error %s', async (lastError, expected) => {
    target.breakWith({ is: 'answer', reply: { status: 200, body: { connected: true, last_error: lastError } } });
    expect(await attemptAt(telegram, hop)).toMatchObject(expected);
  });
});
