import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import { type Alertmanager, startAlertmanagers } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { incidentReader } from '../parts/incident-reader.ts';
import { startRedis } from '../parts/redis.ts';
import { type FaultProxy, faultProxy } from '../servers/fault-proxy.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { endWithinTwoMinutes, firingCanaries } from './canaries.ts';
import { condition, ended, type ProbeView, probeView } from './probe-view.ts';
import { metricsOf, probe, raiseStage, secret, SHORT_LEASE, type Stage, valueOf } from './stage.ts';

const CHAT = '-100';

let stage: Stage;
let redis: Part;
let alertmanagers: readonly Alertmanager[];
let telegram: Telegram;
let leader: Operator;
/** The replica that Alertmanager's notifications reach. */
let other: Operator;
/** Stands on their way: what is under way can be held there. */
let way: FaultProxy;
let view: ProbeView;

beforeAll(async () => {
  [stage, redis, telegram] = await Promise.all([
    raiseStage('canary'),
    startRedis({ appendOnly: true }),
    startTelegram({ chats: [{ id: Number(CHAT), type: 'supergroup' }] }),
  ]);
  leader = await startOperator(stage.operator(redis.url, { ...SHORT_LEASE, AWOOOI_IDENTITY: 'first' }));
  await eventually(async () => (await holder()) === 'first');
  other = await startOperator(stage.operator(redis.url, { ...SHORT_LEASE, AWOOOI_IDENTITY: 'second' }));
  way = await faultProxy({ host: '127.0.0.1', port: other.port });
  const config = alertmanagerConfig({ operatorPort: way.port, webhookToken: stage.webhookToken });
  alertmanagers = await startAlertmanagers({ version: '0.33', size: 2, peerTimeout: '1s', config });
  const bot = { botToken: { name: 'telegram', key: 'token' }, chatId: CHAT, apiRoot: telegram.url };
  const urls = alertmanagers.map(({ url }) => url);
  const hop = {
    name: 'paging',
    type: 'AlertmanagerCanary',
    latencyBudget: '25s',
    alertmanager: { urls, receiver: 'awoooi', peerTimeout: '1s' },
  };
  await stage.apply(
    secret('telegram', { token: telegram.token }),
    probe('paging', { runToken: 'v1', timeout: '50s', hops: [hop], notify: { telegram: bot } }),
  );
  view = probeView(stage, 'paging');
});
afterAll(() => Promise.all([leader, other, way, redis, telegram, ...(alertmanagers ?? [])].map(part => part?.stop())));

const holder = async (): Promise<string> =>
  (await stage.tryKubectl('get', 'lease', 'awoooi-operator', '-o', 'jsonpath={.spec.holderIdentity}')).stdout;
const firing = async (): Promise<Awaited<ReturnType<typeof firingCanaries>>> =>
  (await Promise.all(alertmanagers.map(({ url }) => firingCanaries(url, stage.namespace)))).flat();
const drills = async (operator: Operator): Promise<number> =>
  valueOf(await metricsOf(operator), 'awoooi_alerts_received_total{source="alertmanager",status="drill"}') ?? 0;

/** Begins a run and resolves once its canaries are in both Alertmanagers and their notifications are held on the way. */
async function canariesHeld(runToken: string): Promise<void> {
  way.stall();
  await view.patch({ spec: { runToken } });
  await eventually(async () => (await firing()).length >= alertmanagers.length);
}

describe('two replicas of the operator, two of Alertmanager', () => {
  it('wake the leader with a canary that came back to the other', async () => {
    const status = await view.until(now => now.runToken === 'v1');
    expect(condition(status)).toBe('True/AllHopsPassed');
    expect(status.hops?.[0]?.message).toMatch(/^All 2 canaries came back through receiver "awoooi"/);
    expect(await drills(other)).toBeGreaterThanOrEqual(2);
    expect(await drills(leader)).toBe(0);
  });

  it('find the canary again though Redis was killed and restarted while it was out', async () => {
    await canariesHeld('redis');
    await redis.kill9();
    way.heal();
    const unavailable = 'http_requests_total{method="POST",path="/api/v1/webhooks/alertmanager",status="503"}';
    await eventually(async () => (valueOf(await metricsOf(other), unavailable) ?? 0) > 0);
    await redis.restart();
    const status = await view.until(now => now.runToken === 'redis', 60_000);
    expect(status.hops).toEqual([expect.objectContaining({ name: 'paging', result: 'Passed' })]);
    expect(condition(status)).toBe('True/AllHopsPassed');
  });

  it('take a forged marker at severity critical for the real alert that it is', async ({ onTestFinished }) => {
    const accepted = 'awoooi_alerts_received_total{source="alertmanager",status="accepted"}';
    expect(valueOf(await metricsOf(other), accepted)).toBe(0);
    const labels = { alertname: 'Forged', severity: 'critical', awoooi_drill: 'true', awoooi_nonce: 'a'.repeat(26) };
    const answer = await fetch(`${alertmanagers[0]?.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels, startsAt: new Date(Date.now() - 60_000), endsAt: new Date(Date.now() + 60_000) }]),
    });
    expect(answer.status).toBe(200);
    const reader = incidentReader({ url: other.url, token: stage.apiToken });
    onTestFinished(() => reader.close());
    const kept = await eventually(async () => (await reader.all({ alertname: 'Forged' }))[0], { withinMs: 20_000 });
    expect(kept).toMatchObject({ source: 'alertmanager', severity: 'critical', status: 'open', labels });
    // Each alert is counted once: as this it was not counted as a drill.
    await eventually(async () => valueOf(await metricsOf(other), accepted) === 1);
  });

  it('leave nothing firing, and begin anew, when the leader is killed while its canary is out', async () => {
    await canariesHeld('killed');
    await leader.kill9();
    const left = await firing();
    expect(left).toHaveLength(2);
    expect(endWithinTwoMinutes(left)).toBe(true);
    expect((await view.status()).lastRun?.phase).toBe('Running');
    way.heal();

    const status = await view.until(now => now.runToken === 'killed', 60_000);
    expect(await holder()).toBe('second');
    expect(condition(status)).toBe('True/AllHopsPassed');
    expect(ended(status).slice(-2)).toEqual(['Interrupted', 'Passed']);
    expect((await view.events()).map(({ reason }) => reason)).toContain('RunInterrupted');
    // Its own canaries are resolved; those of the dead are nobody's to resolve, and end by themselves.
    const now = await firing();
    expect(now.length).toBeLessThanOrEqual(2);
    expect(now.map(({ endsAt }) => endsAt)).toEqual(left.map(({ endsAt }) => endsAt).slice(0, now.length));
  });

  it('have told nobody of a break that was none', () => {
    expect(telegram.sent).toEqual([]);
  });

  it('tell of a break once, and show no secret anywhere', async () => {
    await Promise.all(alertmanagers.map(one => one.halt()));
    const status = await view.run(70_000);
    expect(condition(status)).toBe('False/ApiUnreachable');
    await view.until(({ notified }) => notified?.startsWith('Broken@') ?? false);
    expect(telegram.sent).toEqual([expect.objectContaining({ chatId: Number(CHAT), text: expect.stringContaining('ApiUnreachable') })]);

    const yaml = await stage.kubectl('get', 'acp,events,leases', '-o', 'yaml');
    const shown = [yaml, await metricsOf(other), leader.process().log(), other.process().log()];
    const secrets = [stage.webhookToken, stage.apiToken, telegram.token, ...(await tokenOf(stage))];
    for (const hidden of secrets) expect(shown.filter(text => text.includes(hidden))).toEqual([]);
    expect(shown.every(text => text.length > 100)).toBe(true);
  });
});

/** The ServiceAccount's own, out of its kubeconfig. */
async function tokenOf({ operatorKubeconfig }: Stage): Promise<readonly string[]> {
  const token = /"?token"?: *"?([^"\s]+)/.exec(await readFile(operatorKubeconfig, 'utf8'))?.[1];
  expect(token).toMatch(/^eyJ/);
  return token === undefined ? [] : [token];
}
