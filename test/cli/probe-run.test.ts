import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_TOKEN, listening, SENDER_TOKEN, webhookWorld } from '../builders/webhook-world.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { awoooi } from './shell.ts';
import { elements } from './xml.ts';

const TOKEN = 't0ken-of-the-target';
let target: Target;
let telegram: Telegram;
let folder: string;

beforeAll(async () => {
  target = await startTarget({ bearerToken: TOKEN });
  telegram = await startTelegram({ chats: [{ id: -100, type: 'supergroup' }] });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awoooi-cli-'));
});
afterEach(async () => {
  target.mend();
  await rm(folder, { recursive: true });
});
afterAll(() => Promise.all([target.stop(), telegram.stop()]));

async function file(text: string, name = 'probe.yaml'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function probe({ hops = '', spec = '' } = {}): string {
  return `apiVersion: awoooi.io/v1alpha1
kind: AlertChainProbe
metadata: { name: production, namespace: monitoring }
spec:
  schedule: { every: 5m }
${spec}  hops:
    - { name: api, type: Health }
    - { name: alertmanager, type: AlertmanagerWebhook }
${hops}`;
}

const ownTarget = () => `  target: { url: "${target.url}", auth: { bearerToken: { name: my-api, key: token } } }\n`;
const SECRET = { SECRET_MY_API_TOKEN: TOKEN };

describe('exit status 0: all passed', () => {
  it('in a table', async () => {
    const ran = await awoooi(['probe', 'run', '-f', await file(probe({ spec: ownTarget() }))], { env: SECRET });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /^monitoring\/production: PASSED, all 2 hops passed, in [\d.]+ m?s\nHOP .*\napi .* Passed .*\nalertmanager .* Passed /,
    );
    expect(ran.stdout).not.toContain('\u001b');
  });

  it('as JSON', async () => {
    const ran = await awoooi(['probe', 'run', '-o', 'json', '-f', await file(probe({ spec: ownTarget() }))], { env: SECRET });
    expect(ran.status).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      passed: true,
      probes: [{ name: 'production', hops: [{ name: 'api', result: 'Passed' }, {}] }],
    });
  });

  it('as JUnit', async () => {
    const ran = await awoooi(['probe', 'run', '-o', 'junit', '-f', await file(probe({ spec: ownTarget() }))], { env: SECRET });
    expect(ran.status).toBe(0);
    expect(elements(ran.stdout).map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'testcase']);
  });

  it('at the API of the environment where the file gives no target', async () => {
    const env = { AWOOOI_API_BASE: target.url, AWOOOI_API_TOKEN: TOKEN };
    expect(await awoooi(['probe', 'run', '-f', await file(probe())], { env })).toMatchObject({ status: 0 });
  });

  it('with secrets out of a file, from standard input', async () => {
    const envFile = await file(`# for the drill\nSECRET_MY_API_TOKEN="${TOKEN}"\n`, 'my.env');
    const ran = await awoooi(['probe', 'run', '-f', '-', '--env-file', envFile], { stdin: probe({ spec: ownTarget() }) });
    expect(ran).toMatchObject({ status: 0 });
  });

  it('with secrets out of a file where the variable that is set is empty', async () => {
    const envFile = await file(`SECRET_MY_API_TOKEN=${TOKEN}\n`, 'my.env');
    const options = { env: { SECRET_MY_API_TOKEN: '' }, stdin: probe({ spec: ownTarget() }) };
    expect(await awoooi(['probe', 'run', '-f', '-', '--env-file', envFile], options)).toMatchObject({ status: 0 });
  });

  it('of only those hops that are named', async () => {
    target.breakWith({ is: 'answer', reply: { status: 500 } }, ({ path }) => path.endsWith('/alertmanager'));
    const ran = await awoooi(['probe', 'run', '--hop', 'api', '-f', await file(probe({ spec: ownTarget() }))], { env: SECRET });
    expect(ran).toMatchObject({ status: 0 });
  });
});

describe('exit status 1: a hop did not pass', () => {
  const TG = { TG_BOT_TOKEN: '', TG_CHAT_ID: '-100' };

  it.each([
    [
      'table',
      (text: string) =>
        expect(text).toMatch(/FAILED, 1 of 2 hops did not pass.*\n.*\n.*\nalertmanager .* Failed .* BadStatus: POST .* 500/),
    ],
    [
      'json',
      (text: string) =>
        expect(JSON.parse(text)).toMatchObject({ passed: false, probes: [{ hops: [{}, { cause: 'BadStatus', statusCode: 500 }] }] }),
    ],
    [
      'junit',
      (text: string) => {
        const failure = elements(text).find(({ name }) => name === 'failure');
        expect(failure).toMatchObject({ attributes: { type: 'BadStatus', message: expect.stringContaining('<b>"boom" & co</b>') } });
      },
    ],
  ])('as %s', async (format, check) => {
    target.breakWith({ is: 'answer', reply: { status: 500, body: '<b>"boom" & co</b>' } }, ({ path }) => path.endsWith('/alertmanager'));
    const ran = await awoooi(['probe', 'run', '-o', format, '-f', await file(probe({ spec: ownTarget() }))], { env: SECRET });
    expect(ran.status).toBe(1);
    check(ran.stdout);
  });

  it('names the variable of a secret that is missing, and shows none that is there', async () => {
    const hops = `    - { name: sentry, type: SentryWebhook, sentry: { clientSecret: { name: sentry, key: clientSecret } } }\n`;
    const ran = await awoooi(['probe', 'run', '-f', await file(probe({ spec: ownTarget(), hops }))], { env: SECRET });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toContain('Set SECRET_SENTRY_CLIENTSECRET');
    expect(ran.stdout + ran.stderr).not.toContain(TOKEN);
  });

  it('says that an API which tells of no Watchdogs is too old', async () => {
    const hops = '    - { name: dog, type: Watchdog, watchdog: {} }\n';
    const ran = await awoooi(['probe', 'run', '-f', await file(probe({ spec: ownTarget(), hops }))], { env: SECRET });
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/dog .*Unknown .*NotConfigured: the API of this operator does not tell/);
  });

  it('tells Telegram', async () => {
    const before = telegram.sent.length;
    target.breakWith({ is: 'answer', reply: { status: 500 } });
    const env = { ...SECRET, ...TG, TG_BOT_TOKEN: telegram.token, TEST_TELEGRAM_API: telegram.url };
    expect(await awoooi(['probe', 'run', '-f', await file(probe({ spec: ownTarget() }))], { env })).toMatchObject({
      status: 1,
      stderr: '',
    });
    expect(telegram.sent.slice(before)).toEqual([
      expect.objectContaining({
        chatId: -100,
        text: expect.stringMatching(/Alert chain broken: monitoring\/production\nHop: api\nCause: BadStatus\n.*Also failing: alertmanager/),
      }),
    ]);
  });

  it('stays 1 when Telegram cannot be told, and says so', async () => {
    target.breakWith({ is: 'answer', reply: { status: 500 } });
    const env = { ...SECRET, ...TG, TG_BOT_TOKEN: telegram.token, TG_CHAT_ID: '-9', TEST_TELEGRAM_API: telegram.url };
    const ran = await awoooi(['probe', 'run', '-f', await file(probe({ spec: ownTarget() }))], { env });
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringMatching(/^Telegram was not told: .*chat not found/) });
    expect(ran.stderr).not.toContain(telegram.token);
  });
});

describe('exit status 2', () => {
  it.each<[string, string, RegExp]>([
    ['a wrong value', probe().replace('Health', 'Helth'), /probe\.yaml:7:20: spec\.hops\[0\]\.type: /],
    ['an unknown field', probe({ spec: '  heartbaet: { url: http://x }\n' }), /probe\.yaml:6:3: spec\.heartbaet: there is no such field/],
    ['broken YAML', 'a: [', /probe\.yaml:1:\d+: /],
    ['no probe', '', /probe\.yaml:1:1: the file holds no document/],
  ])('for %s, with line and field', async (_, text, expected) => {
    const ran = await awoooi(['probe', 'run', '-f', await file(text)]);
    expect(ran).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(expected) });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a file that is not there', ['probe', 'run', '-f', '/nowhere/x.yaml'], /\/nowhere\/x\.yaml: the file cannot be read: ENOENT/],
    [
      'an env file that is not there',
      ['probe', 'run', '-f', '-', '--env-file', '/nowhere/x.env'],
      /\/nowhere\/x\.env: the file cannot be read/,
    ],
    ['no file', ['probe', 'run'], /required option '-f, --filename/],
    ['an unknown format', ['probe', 'run', '-f', '-', '-o', 'xml'], /Allowed choices are table, json, junit/],
    ['an unknown command', ['prob'], /unknown command 'prob'/],
    ['a name that is none', ['probe', 'trigger', 'production'], /give NAMESPACE\/NAME/],
    ['a cluster that is none', ['probe', 'trigger', 'monitoring/production'], /KUBECONFIG/],
    ['a bad timeout', ['probe', 'trigger', 'a/b', '--timeout', '5'], /Give a duration such as/],
  ])('for %s', async (_, args, expected) => {
    expect(await awoooi(args)).toMatchObject({ status: 2, stderr: expect.stringMatching(expected) });
  });

  it('for a kubeconfig that is not there, at home where KUBECONFIG is empty', async () => {
    const ran = await awoooi(['probe', 'trigger', 'a/b'], { env: { KUBECONFIG: '', KUBERNETES_SERVICE_HOST: '', HOME: '/nowhere' } });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('/nowhere/.kube/config cannot be read') });
  });

  it('for a hop that no probe has', async () => {
    const ran = await awoooi(['probe', 'run', '--hop', 'apy', '-f', await file(probe())]);
    expect(ran).toMatchObject({ status: 2, stderr: 'no probe has a hop apy; there are api, alertmanager\n' });
  });

  it('for wrong settings, all of them at once', async () => {
    const env = { AWOOOI_API_BASE: 'localhost', TG_CHAT_ID: 'the ops chat' };
    const ran = await awoooi(['probe', 'run', '-f', await file(probe())], { env });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(/AWOOOI_API_BASE[^]*TG_CHAT_ID/) });
  });
});

it.each([[['--version']], [['--help']], [['probe', 'run', '--help']]])('%s is no failure', async args => {
  expect(await awoooi(args)).toMatchObject({ status: 0, stderr: '' });
});

it('says in its help what Watchdogs and canaries need, and which variables there are', async () => {
  const { stdout } = await awoooi(['probe', 'run', '--help']);
  expect(stdout).toMatch(
    /AlertmanagerCanary, SignozCanary and Watchdog need an operator[^]*AWOOOI_API_BASE where that is set, else at the probe's target/,
  );
  expect(stdout).not.toContain('Unknown');
  for (const name of ['AWOOOI_API_BASE', 'AWOOOI_API_TOKEN', 'AWOOOI_PUBLIC_URL', 'TG_BOT_TOKEN', 'TG_CHAT_ID'])
    expect(stdout).toContain(name);
});

describe('a canary from a shell', () => {
  let world: ReturnType<typeof webhookWorld>;
  let signoz: Signoz;
  let api: string;

  beforeEach(async () => {
    world = webhookWorld();
    api = `http://127.0.0.1:${await listening(world.app)}`;
  });
  afterEach(async () => {
    await signoz.stop();
    await world.app.close();
  });

  async function run(credentials: string, { spec = '', env = {} }: { spec?: string; env?: Record<string, string> } = {}) {
    const http_config = { authorization: { type: 'Bearer', credentials } };
    signoz = await startSignoz({
      channels: [{ name: 'awoooi', webhook_configs: [{ url: `${api}/api/v1/webhooks/signoz`, http_config }] }],
    });
    const text = probe({ spec }).replace(
      / {4}- \{[^]*/,
      '    - { name: signoz, type: SignozCanary, signoz: { channel: awoooi, secretRef: { name: signoz } } }\n',
    );
    const all = {
      AWOOOI_API_BASE: api,
      AWOOOI_API_TOKEN: API_TOKEN,
      AWOOOI_PUBLIC_URL: api,
      SECRET_SIGNOZ_URL: signoz.url,
      SECRET_SIGNOZ_APIKEY: signoz.editorKey,
      ...env,
    };
    return awoooi(['probe', 'run', '-f', await file(text)], { env: all });
  }

  it('goes out through SigNoz and comes back to the operator’s own server', async () => {
    expect(await run(SENDER_TOKEN)).toMatchObject({ status: 0, stdout: expect.stringContaining('came back to our webhook') });
  });

  it('is registered at the probe’s own target where AWOOOI_API_BASE is empty', async () => {
    const spec = `  target: { url: "${api}", auth: { bearerToken: { name: my-api, key: token } } }\n`;
    const env = { AWOOOI_API_BASE: ' ', AWOOOI_API_TOKEN: '', SECRET_MY_API_TOKEN: API_TOKEN };
    expect(await run(SENDER_TOKEN, { spec, env })).toMatchObject({ status: 0 });
  });

  it('that the operator’s server refuses is named so', async () => {
    expect(await run('outdated-token')).toMatchObject({ status: 1, stdout: expect.stringMatching(/ReceiverRefused: .* 401/) });
  });
});
