import { expect, type TestContext } from 'vitest';
import { alertmanagerApi } from '../../src/adapters/alertmanager/alertmanager.ts';
import { memoryDrillRegistry } from '../../src/adapters/memory/drill-registry.ts';
import { alertmanagerCanary } from '../../src/chain/alertmanager-canary.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { hopWorld, tryHop } from '../chain/world.ts';
import { type Alertmanager, startAlertmanager, startAlertmanagers } from '../parts/alertmanager.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { TOKEN, WEBHOOK_PATH, webhookStandIn } from './webhook-stand-in.ts';

export const RECEIVER = 'awoooi.default(x)';
const SHORT_PEER_TIMEOUT = '2s';

export type Version = '0.25' | '0.33';
type Json = Record<string, unknown>;

export interface Scene {
  readonly version: Version;
  readonly onTestFinished: TestContext['onTestFinished'];
  /** One of 0.25, two clustered of 0.33. */
  readonly members: readonly Alertmanager[];
  readonly urls: readonly string[];
  /** Takes the place of this operator. */
  readonly ours: HttpServer;
  /** A server that is none of ours and answers 200 to everything. */
  readonly other: HttpServer;
  readonly registry: ReturnType<typeof memoryDrillRegistry>;
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
  /** The operator's clock; that of this machine unless told otherwise. */
  readonly now?: () => Date;
}

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
  const webhook = { url, http_config: { authorization: { type: 'Bearer', credentials: TOKEN }, ...http } };
  return JSON.stringify({
    route: { receiver: RECEIVER, group_by: ['alertname', 'namespace'], group_interval: '1m', ...route, routes },
    receivers: [{ name: RECEIVER, webhook_configs: [webhook] }, { name: 'elsewhere' }, ...receivers],
    ...rest,
  });
}

export async function scene(version: Version, { onTestFinished }: TestContext, setting: Setting = {}): Promise<Scene> {
  const registry = memoryDrillRegistry({ now: setting.now ?? (() => new Date()) });
  const ours = await startHttpServer({ handle: webhookStandIn(registry) });
  const other = await startHttpServer({ handle: () => ({ status: 200 }) });
  onTestFinished(() => settled(Promise.all([ours.stop(), other.stop()])));
  const config = configText(setting, { ours: ours.url, other: other.url });
  const { peerTimeout = SHORT_PEER_TIMEOUT } = setting;
  const members =
    version === '0.25'
      ? [await startAlertmanager({ version, config })]
      : await startAlertmanagers({ version, config, size: 2, peerTimeout });
  onTestFinished(() => settled(Promise.all(members.map(member => member.stop()))));
  return { version, onTestFinished, members, urls: members.map(({ url }) => url), ours, other, registry };
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
