import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveConfiguration } from '../../src/adapters/alertmanager/configuration.ts';
import { receiversFor } from '../../src/domain/routing/walk.ts';
import { listening, SENDER_TOKEN, webhookWorld } from '../builders/webhook-world.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { pathOf } from '../parts/installed.ts';
import { promtoolComplaint } from '../parts/prometheus.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { blocksOf, blockWith, configOf, pasted } from './sender-page.ts';

const CONFIG = blockWith('alertmanager', 'yaml', 'route:');
const URL_OF_PAGE = 'http://awoooi-operator.awoooi-system.svc:8000';
const TOKEN_OF_PAGE = '/etc/alertmanager/secrets/awoooi-token/token';

let folder: string;
let world: ReturnType<typeof webhookWorld>;
let base: string;
beforeEach(async () => {
  folder = runFolder('alertmanager-page');
  world = webhookWorld();
  base = `http://127.0.0.1:${await listening(world.app)}`;
});
afterEach(async () => {
  await world.app.close();
  removeFolder(folder);
});

/** The configuration of the page, leading to the server of this test with its token. */
function ours(): string {
  const token = join(folder, 'token');
  writeFileSync(token, `${SENDER_TOKEN}\n`);
  expect(CONFIG).toContain(URL_OF_PAGE);
  expect(CONFIG).toContain(TOKEN_OF_PAGE);
  return CONFIG.replace(URL_OF_PAGE, base).replace(TOKEN_OF_PAGE, token);
}

function checked(config: string) {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const { status, stdout, stderr } = spawnSync(pathOf('amtool'), ['check-config', file], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

describe('the configuration of docs/senders/alertmanager.md', () => {
  it('is right by amtool, which finds what is wrong', () => {
    expect(checked(CONFIG)).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') });
    expect(checked(CONFIG.replace('follow_redirects', 'follow_redirect'))).toMatchObject({ status: 1 });
  });

  it('names the receiver that the operator is told of, and leads everything there and to whoever was paged before', () => {
    expect(configOf('alertmanager').alertmanagers.receiver).toBe('awoooi');
    const tree = liveConfiguration(CONFIG).route;
    expect(receiversFor(tree, { alertname: 'Down', severity: 'critical' })).toEqual(['awoooi', 'oncall']);
    expect(receiversFor(tree, { alertname: 'Watchdog', severity: 'none' })).toEqual(['awoooi']);
    expect(receiversFor(tree, { alertname: 'AwoooiCanary', awoooi_canary: 'true' })).toEqual(['awoooi']);
  });

  it.each(['0.25', '0.33'] as const)('brings alerts, canaries and the Watchdog through Alertmanager %s', async version => {
    const alertmanager = await startAlertmanager({ version, config: ours() });
    try {
      // As old as this, none waits for others of its group.
      await post(alertmanager, ['Watchdog', 'Down'], new Date(Date.now() - 60_000));
      await eventually(async () => world.counted.includes('alertmanager accepted 1'), { withinMs: 30_000 });
      await eventually(async () => (await watchdogs()).includes('Watchdog'), { withinMs: 30_000 });
      expect(world.counted).toContain('POST /api/v1/webhooks/alertmanager 200');
      expect(world.counted.filter(line => / (401|400)$/.test(line))).toEqual([]);
    } finally {
      await alertmanager.stop();
    }
  });
});

async function post({ url }: Alertmanager, names: readonly string[], startsAt: Date): Promise<void> {
  const alerts = names.map(alertname => ({ labels: { alertname, severity: 'warning' }, startsAt: startsAt.toISOString() }));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) });
  expect(answer.status).toBe(200);
}

async function watchdogs(): Promise<(string | undefined)[]> {
  const heard = await world.watchdogs.list('alertmanager', AbortSignal.timeout(5000));
  return heard.map(({ labels }) => labels['alertname']);
}

it('the Watchdog rule of the page is right by promtool', () => {
  expect(promtoolComplaint(blocksOf('alertmanager', 'rules')[0] ?? '')).toBeUndefined();
});

it('the alert that the page sends by hand is answered as the page says', async () => {
  const answer: unknown = JSON.parse(
    await pasted(blockWith('alertmanager', 'sh', 'curl'), { env: { AWOOOI_API_BASE: base, TOKEN: SENDER_TOKEN } }),
  );
  const [said = ''] = blocksOf('alertmanager', 'json');
  const expected: { status: string; is_new: boolean } = JSON.parse(said);
  expect(answer).toMatchObject({ status: expected.status, is_new: expected.is_new });
});
