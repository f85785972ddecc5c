import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Alertmanager, startAlertmanagers } from '../test/parts/alertmanager.ts';
import { type ControlPlane, startControlPlane } from '../test/parts/control-plane.ts';
import { freePort } from '../test/parts/free-port.ts';
import { Root } from '../test/parts/installed.ts';
import { kubectl } from '../test/parts/kubectl.ts';
import { type Operator, type OperatorOptions, startOperator } from '../test/parts/operator.ts';
import type { Part } from '../test/parts/part.ts';
import { startPrometheus } from '../test/parts/prometheus.ts';
import { startRedis } from '../test/parts/redis.ts';
import { removeFolder } from '../test/parts/run-folder.ts';
import { signozChannel } from '../test/servers/signoz-channel.ts';
import { type HttpServer, startHttpServer } from '../test/servers/http-server.ts';
import { startSentry } from '../test/servers/sentry.ts';
import { startSignoz } from '../test/servers/signoz.ts';
import { startTarget } from '../test/servers/target.ts';
import { type StandInChat, startTelegram } from '../test/servers/telegram.ts';
import { alertmanagerConfig, prometheusRules } from './alertmanager-config.ts';
import type { Screen } from './screen.ts';

export const NAMESPACE = 'awoooi-demo';
/** The operator looks after it and has all rights there, but it lacks the label that allows repairs. */
export const UNLABELLED = 'awoooi-demo-untouched';
export const CHAT = '-1001234567890';
export const SENTRY_SECRET = 'demo-client-secret';
export const SENTRY_ORG = 'acme';
/** Who is on call in the demo, and may press buttons. */
export const ON_CALL = { id: 77, username: 'mei' };
/** Teams with a chat of their own, so that many cards go out within Telegram's limits. */
export const TEAMS: readonly { readonly name: string; readonly chatId: number }[] = Array.from({ length: 10 }, (_, n) => ({
  name: `team-${n}`,
  chatId: -1_001_000_000_000 - n,
}));

/** Every real part of an alert chain and the stand-ins for its SaaS ends, running on loopback. */
export interface Stage {
  readonly cluster: ControlPlane;
  readonly redis: Part;
  readonly alertmanagers: readonly Alertmanager[];
  readonly prometheus: Part;
  readonly operator: Operator;
  /** How it was started, for another one in its place. */
  readonly operatorOptions: OperatorOptions;
  readonly telegram: Awaited<ReturnType<typeof startTelegram>>;
  readonly signoz: Awaited<ReturnType<typeof startSignoz>>;
  readonly target: Awaited<ReturnType<typeof startTarget>>;
  readonly sentry: Awaited<ReturnType<typeof startSentry>>;
  /** What share of the shop's disk is free, as Prometheus scrapes it. */
  readonly disk: { setFree(ratio: number): void };
  /** How long the shop's checkout takes. No container runs here: the demo plays the application. */
  readonly checkout: { setLatency(seconds: number): void };
  /** What the Alertmanagers show at the operator's webhook. */
  readonly webhookToken: string;
  readonly apiToken: string;
  /** The Alertmanagers' configuration with the operator's address and credential filled in. */
  alertmanagerConfig(canaryReceiver?: string): string;
}

interface Stoppable {
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly keep: <T extends Stoppable>(part: T) => T;
  /** Also the controller manager, the scheduler and kwok, so that Deployments roll out. */
  readonly workloads: boolean;
}

/** Starts everything in order and hands each started part to `keep`, so that a failure or Ctrl-C half-way leaves nothing. */
export async function raiseStage(screen: Screen, { keep, workloads }: StageOptions): Promise<Stage> {
  const webhookToken = randomBytes(16).toString('hex');
  const apiToken = randomBytes(16).toString('hex');
  const operatorPort = await freePort();
  const config = (canaryReceiver?: string): string =>
    alertmanagerConfig({ operatorPort, webhookToken, ...(canaryReceiver && { canaryReceiver }) });

  const parts = workloads ? 'etcd, kube-apiserver, controller manager, scheduler and kwok' : 'etcd and kube-apiserver';
  const cluster = await screen.step(parts, async () => keep(await startControlPlane({ workloads })));
  const redis = await screen.step('Redis', async () => keep(await startRedis({ appendOnly: true })));
  const alertmanagers = await screen.step('two clustered Alertmanagers', async () => {
    const started = await startAlertmanagers({ version: '0.33', size: 2, peerTimeout: '2s', config: config() });
    return started.map(one => keep(one));
  });
  const shop = await shopExporter(keep);
  const prometheus = await screen.step('Prometheus', async () =>
    keep(
      await startPrometheus({
        alertmanagers: alertmanagers.map(({ url }) => url),
        rules: prometheusRules(NAMESPACE),
        scrapeConfigs: [{ job_name: 'shop', static_configs: [{ targets: [new URL(shop.url).host] }] }],
      }),
    ),
  );
  const ends = await screen.step('stand-ins for Telegram, Sentry, SigNoz and another target', async () => ({
    telegram: keep(await startTelegram({ chats: chats() })),
    // Its issue was seen long ago: at the start the operator takes in what was seen within a quarter of an hour.
    sentry: keep(await startSentry({ org: SENTRY_ORG, issues: [{ id: '42', lastSeen: new Date(0) }] })),
    signoz: keep(await startSignoz({ channels: [signozChannel({ operatorPort, webhookToken })] })),
    target: keep(await startTarget({ bearerToken: apiToken, sentrySecret: SENTRY_SECRET })),
  }));
  const kubeconfig = await screen.step('the CRDs, the admission policies and the operator’s RBAC', () => install(cluster));
  // It holds a token, though of a cluster that is gone by then.
  keep({ stop: async () => removeFolder(dirname(kubeconfig)) });
  const env = operatorEnv({ alertmanagers, ...ends });
  const operatorOptions = { kubeconfig, redisUrl: redis.url, webhookToken, apiToken, port: operatorPort, env };
  const operator = await screen.step('the operator', async () => keep(await startOperator(operatorOptions)));
  const { disk, checkout } = shop;
  const ours = { operator, operatorOptions, disk, checkout, webhookToken, apiToken };
  return { cluster, redis, alertmanagers, prometheus, ...ends, ...ours, alertmanagerConfig: config };
}

function chats(): StandInChat[] {
  const onCall = { id: Number(CHAT), type: 'supergroup', title: 'on call' } as const;
  return [onCall, ...TEAMS.map(({ name, chatId }) => ({ id: chatId, type: 'supergroup', title: name }) as const)];
}

/** Who is told of incidents, and where the operator catches up. */
function operatorEnv({ alertmanagers, telegram, sentry }: Pick<Stage, 'alertmanagers' | 'telegram' | 'sentry'>): Record<string, string> {
  return {
    AWOOOI_NAMESPACES: `${NAMESPACE},${UNLABELLED}`,
    AWOOOI_REPAIR_EXECUTION: 'on',
    // Whoever takes over after a kill has to wait for the end of the lease.
    AWOOOI_LEASE_DURATION: '6s',
    AWOOOI_LEASE_RENEW_DEADLINE: '4s',
    AWOOOI_LEASE_RETRY_PERIOD: '1s',
    AWOOOI_ALERTMANAGER_URLS: alertmanagers.map(({ url }) => url).join(','),
    AWOOOI_INCIDENT_SETTLE: '2s',
    AWOOOI_STORM_THRESHOLD: '0',
    TG_BOT_TOKEN: telegram.token,
    TG_CHAT_ID: CHAT,
    TG_LABEL_CHATS: TEAMS.map(({ name, chatId }) => `team=${name}=${chatId}`).join(','),
    TG_API_ROOT: telegram.url,
    TG_ALLOWED_USER_IDS: String(ON_CALL.id),
    SENTRY_API_URL: sentry.url,
    SENTRY_API_TOKEN: sentry.token,
    SENTRY_ORG,
    SENTRY_CLIENT_SECRETS: SENTRY_SECRET,
  };
}

async function shopExporter(keep: StageOptions['keep']): Promise<Pick<HttpServer, 'url'> & Pick<Stage, 'disk' | 'checkout'>> {
  let [free, latency] = [0.6, 0.2];
  const metrics = (): string => `disk_free_ratio ${free}\ncheckout_latency_seconds ${latency}\n`;
  const { url } = keep(await startHttpServer({ handle: () => ({ status: 200, body: metrics() }) }));
  return {
    url,
    disk: {
      setFree(ratio) {
        free = ratio;
      },
    },
    checkout: {
      setLatency(seconds) {
        latency = seconds;
      },
    },
  };
}

/** Applies config/ as the README does, and returns a kubeconfig with the operator's own ServiceAccount token. */
async function install(cluster: ControlPlane): Promise<string> {
  const kubeconfig = cluster.adminKubeconfig;
  await kubectl(['apply', '-k', 'config'], { kubeconfig });
  await kubectl(['wait', '--for=condition=Established', 'crd/alertchainprobes.awoooi.io', '--timeout=30s'], { kubeconfig });
  for (const namespace of [NAMESPACE, UNLABELLED]) {
    await kubectl(['create', 'namespace', namespace], { kubeconfig });
    await kubectl(['-n', namespace, 'apply', '-k', join(Root, 'config/repair')], { kubeconfig });
  }
  await kubectl(['label', 'namespace', NAMESPACE, 'awoooi.io/repair=enabled'], { kubeconfig });
  const token = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  return cluster.kubeconfigFor(token, 'awoooi-system');
}
