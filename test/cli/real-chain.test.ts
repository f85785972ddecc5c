import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { API_TOKEN, asSender, listening, SENDER_TOKEN, v4, webhookWorld } from '../builders/webhook-world.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { awoooi, type Ran } from './shell.ts';

/** The operator's server, a real Alertmanager that sends to it, and a shell that has the server's token. */
let world: ReturnType<typeof webhookWorld>;
let alertmanager: Alertmanager;
let folder: string;
let api: string;

beforeAll(async () => {
  world = webhookWorld();
  const operatorPort = await listening(world.app);
  api = `http://127.0.0.1:${operatorPort}`;
  alertmanager = await startAlertmanager({ version: '0.33', config: alertmanagerConfig({ operatorPort, webhookToken: SENDER_TOKEN }) });
  folder = await mkdtemp(join(tmpdir(), 'awoooi-cli-'));
});
afterAll(async () => {
  await alertmanager.stop();
  await world.app.close();
  await rm(folder, { recursive: true });
});

async function run(hop: string): Promise<Ran> {
  const path = join(folder, 'probe.yaml');
  const spec = { schedule: { every: '5m' }, timeout: '25s', hops: [JSON.parse(hop)] };
  const probe = { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata: { name: 'production' }, spec };
  await writeFile(path, JSON.stringify(probe));
  return awoooi(['probe', 'run', '-f', path], { env: { AWOOOI_API_BASE: api, AWOOOI_API_TOKEN: API_TOKEN } });
}

const canary = (): Promise<Ran> =>
  run(`{"name":"paging","type":"AlertmanagerCanary","alertmanager":{"urls":["${alertmanager.url}"],"receiver":"awoooi"}}`);

it('sends a canary through Alertmanager and hears of its return from the server', async () => {
  expect(await canary()).toMatchObject({ status: 0, stdout: expect.stringMatching(/paging +AlertmanagerCanary +Passed/), stderr: '' });
});

it('names the silence that keeps it', async () => {
  const silence = {
    matchers: [{ name: 'awoooi_canary', value: 'true', isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 600_000).toISOString(),
    createdBy: 'kate',
    comment: 'upgrade',
  };
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${alertmanager.url}/api/v2/silences`, { method: 'POST', headers, body: JSON.stringify(silence) });
  expect(made.status).toBe(200);
  expect(await canary()).toMatchObject({ status: 1, stdout: expect.stringMatching(/Silenced: .*kate.*upgrade/) });
});

it('asks the server when a Watchdog was last heard', async () => {
  const dog = '{"name":"dog","type":"Watchdog","watchdog":{"labels":{"cluster":"c1"}}}';
  expect(await run(dog)).toMatchObject({ status: 1, stdout: expect.stringContaining('WatchdogMissing') });
  const payload = v4({ alertname: 'Watchdog', cluster: 'c1' });
  await world.app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers: asSender, payload });
  expect(await run(dog)).toMatchObject({ status: 0, stdout: expect.stringMatching(/dog +Watchdog +Passed/) });
});
