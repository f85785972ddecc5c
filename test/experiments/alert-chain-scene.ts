import { expect, type TestContext } from 'vitest';
import { alertmanagerApi } from '../../src/adapters/alertmanager/alertmanager.ts';
import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisDrillRegistry } from '../../src/adapters/redis/drill-registry.ts';
import { alertmanagerCanary } from '../../src/chain/alertmanager-canary.ts';
import type { DrillRegistry } from '../../src/domain/ports/drill-registry.ts';
import { PortError } from '../../src/domain/ports/port-error.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { SENDER_TOKEN, webhookWorld } from '../builders/webhook-world.ts';
import { hopWorld, tryHop } from '../chain/world.ts';
import { type Alertmanager, startAlertmanager, startAlertmanagers } from '../parts/alertmanager.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, type Received, type Reply, startHttpServer } from '../servers/http-server.ts';

export const WEBHOOK_PATH = '/api/v1/webhooks/alertmanager';

export const RECEIVER = 'awoooi.default(x)';
const SHORT_PEER_TIMEOUT = '2s';

export type Version = '0.25' | '0.33';
type Json = Record<string, unknown>;

export interface Scene {
  readonly version: Version;
  readonly onTestFinished: TestContext['onTestFinished'];
  /** One of 0.25, a cluster of 0.33. */
  readonly members: readonly Alertmanager[];
  readonly urls: readonly string[];
  /** This operator's webhook as it is, behind a server that can be broken. */
  readonly ours: HttpServer;
  /** A server that is none of ours and answers 200 to everything. */
  readonly other: HttpServer;
  /** The drills in Redis as another replica of the operator sees them, the one that waits. */
  readonly registry: DrillRegistry;
  readonly redis: Part;
  /** While true, the webhook finds its store away. */
  readonly store: { away: boolean };
}

export interface Setting {
  /** Changes to the configuration of Alertmanager. */
  readonly config?: (servers: { ours: string; other: string }) => {
    route?: Json;
    routes?: Json[];
    receivers?: Json[];
    rest?: Json;
    http?: Json;
    url?: string;
  };
  readonly peerTimeout?: string;
  /** How many of 0.33 form the cluster: two unless told otherwise. */
  readonly size?: number;
  /** The operator's clock; that of this machine unless told otherwise. */
  readonly now?: () => Date;
  /** Of the replica that has the webhook, where it has another. */
  readonly webhookNow?: () => Date;
}

/** With the credential that our webhook takes. */
export const asOurSender = { authorization: { type: 'Bearer', credentials: SENDER_TOKEN } };

/** JSON is YAML. */
export function configText(setting: Setting, servers: { ours: string; other: string }): string {
  const {
    route = {},
    routes = [],
    receivers = [],
    rest = {},
    http = {},
    url = `${servers.ours}${WEBHOOK_PATH}`,
  } = setting.config?.(servers) ?? {};
  const webhook = { url, http_config: { ...asOurSender, ...http } };
  return JSON.stringify({
    route: { receiver: RECEIVER, group_by: ['alertname', 'namespace'], group_interval: '1m', ...route, routes },
    receivers: [{ name: RECEIVER, webhook_configs: [webhook] }, { name: 'elsewhere' }, ...receivers],
    ...rest,
  });
}

export async function scene(version: Version, { onTestFinished }: TestContext, setting: Setting = {}): Promise<Scene> {
  const operator = await operatorAt(onTestFinished, setting);
  const other = await startHttpServer({ handle: () => ({ status: 200 }) });
  onTestFinished(() => other.stop());
  const config = configText(setting, { ours: operator.ours.url, other: other.url });
  const { peerTimeout = SHORT_PEER_TIMEOUT, size = 2 } = setting;
  const members =
    version === '0.25' ? [await startAlertmanager({ version, config })] : await startAlertmanagers({ version, config, size, peerTimeout });
  onTestFinished(() => settled(Promise.all(members.map(member => member.stop()))));
  return { version, onTestFinished, members, urls: members.map(({ url }) => url), other, ...operator };
}

/** Two replicas of the operator on one Redis: one has the webhook, the other waits. */
async function operatorAt(
  onTestFinished: Scene['onTestFinished'],
  { now = () => new Date(), webhookNow = now }: Setting,
): Promise<Pick<Scene, 'ours' | 'registry' | 'redis' | 'store'>> {
  const redis = await startRedis({ appendOnly: true });
  onTestFinished(() => redis.stop());
  const replica = async () => {
    const connection = connectRedis({ url: redis.url });
    const drills = redisDrillRegistry({ redis: connection, now });
    onTestFinished(() => {
      drills.close();
      connection.close();
    });
    await connection.ready(AbortSignal.timeout(10_000));
    return drills;
  };
  const [receiving, registry] = [await replica(), await replica()];
  const store = { away: false };
  const isLive: DrillRegistry['isLive'] = async (nonce, signal) => {
    if (store.away) throw new PortError('unavailable', 'Redis does not answer');
    return receiving.isLive(nonce, signal);
  };
  const { app } = webhookWorld({ drills: { ...receiving, isLive }, now: webhookNow });
  onTestFinished(() => app.close());
  const handle = async ({ method, path, headers, body }: Received): Promise<Reply> => {
    if (method !== 'POST' && method !== 'GET') return { status: 405 };
    const answer = await app.inject({ method, url: path, headers, ...(method === 'POST' && { payload: body }) });
    return { status: answer.statusCode, body: answer.payload };
  };
  const ours = await startHttpServer({ handle });
  onTestFinished(() => ours.stop());
  return { ours, registry, redis, store };
}

export interface Ask {
  readonly latencyBudget?: string;
  readonly timeoutMs?: number;
  readonly publicUrl?: string;
  readonly [setting: string]: unknown;
}

export async function run(
  { urls, registry, onTestFinished }: Scene,
  { latencyBudget = '3s', timeoutMs = 40_000, publicUrl, ...block }: Ask = {},
) {
  const client = outgoingClient();
  const world = hopWorld({ alertmanager: alertmanagerApi(client), drills: registry, publicUrl });
  onTestFinished(() => settled(Promise.all([client.close(), world.close()])));
  const alertmanager = { urls, receiver: RECEIVER, peerTimeout: SHORT_PEER_TIMEOUT, ...block };
  return tryHop(alertmanagerCanary, world, { hop: { type: 'AlertmanagerCanary', latencyBudget, alertmanager }, timeoutMs });
}

export async function api(url: string, path: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/v2${path}`, { ...init, signal: AbortSignal.timeout(5_000) });
  expect(response.status).toBe(200);
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}

export const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();
export const firing = (labels: Record<string, string>) => [{ labels, startsAt: fromNow(-60_000), endsAt: fromNow(60_000) }];
export const toAll = (urls: readonly string[], path: string, body: unknown): Promise<unknown> =>
  Promise.all(urls.map(url => api(url, path, body)));

/** The promise that holds for every verdict: nothing stays firing. */
export async function nothingFires(urls: readonly string[]): Promise<void> {
  const left = await Promise.all(urls.map(url => api(url, `/alerts?filter=${encodeURIComponent('awoooi_canary="true"')}`)));
  expect(left).toEqual(urls.map(() => []));
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work;
}
