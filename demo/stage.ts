import { randomBytes } from 'node:crypto';
import { type Alertmanager, startAlertmanagers } from '../test/parts/alertmanager.ts';
import { type ControlPlane, startControlPlane } from '../test/parts/control-plane.ts';
import { freePort } from '../test/parts/free-port.ts';
import { kubectl } from '../test/parts/kubectl.ts';
import { type Operator, startOperator } from '../test/parts/operator.ts';
import type { Part } from '../test/parts/part.ts';
import { startPrometheus } from '../test/parts/prometheus.ts';
import { startRedis } from '../test/parts/redis.ts';
import { signozChannel } from '../test/servers/signoz-channel.ts';
import { startSignoz } from '../test/servers/signoz.ts';
import { startTarget } from '../test/servers/target.ts';
import { startTelegram } from '../test/servers/telegram.ts';
import { alertmanagerConfig, WATCHDOG_RULE } from './alertmanager-config.ts';
import type { Screen } from './screen.ts';

export const NAMESPACE = 'awoooi-demo';
export const CHAT = '-1001234567890';
export const SENTRY_SECRET = 'demo-client-secret';

/** Every real part of an alert chain and the stand-ins for its SaaS ends, running on loopback. */
export interface Stage {
  readonly cluster: ControlPlane;
  readonly redis: Part;
  readonly alertmanagers: readonly Alertmanager[];
  readonly prometheus: Part;
  readonly operator: Operator;
  readonly telegram: Awaited<ReturnType<typeof startTelegram>>;
  readonly signoz: Awaited<ReturnType<typeof startSignoz>>;
  readonly target: Awaited<ReturnType<typeof startTarget>>;
  /** What the Alertmanagers show at the operator's webhook. */
  readonly webhookToken: string;
  readonly apiToken: string;
  /** The Alertmanagers' configuration with the operator's address and credential filled in. */
  alertmanagerConfig(canaryReceiver?: string): string;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts everything in order and hands each started part to `keep`, so that a failure or Ctrl-C half-way leaves nothing. */
export async function raiseStage(screen: Screen, keep: <T extends Stoppable>(part: T) => T): Promise<Stage> {
  const webhookToken = randomBytes(16).toString('hex');
  const apiToken = randomBytes(16).toString('hex');
  const operatorPort = await freePort();
  const config = (canaryReceiver?: string): string =>
    alertmanagerConfig({ operatorPort, webhookToken, ...(canaryReceiver && { canaryReceiver }) });

  const cluster = await screen.step('etcd and kube-apiserver', async () => keep(await startControlPlane()));
  const redis = await screen.step('Redis', async () => keep(await startRedis({ appendOnly: true })));
  const alertmanagers = await screen.step('two clustered Alertmanagers', async () => {
    const started = await startAlertmanagers({ version: '0.33', size: 2, peerTimeout: '2s', config: config() });
    return started.map(one => keep(one));
  });
  const prometheus = await screen.step('Prometheus', async () =>
    keep(await startPrometheus({ alertmanagers: alertmanagers.map(({ url }) => url), rules: WATCHDOG_RULE })),
  );
  const ends = await screen.step('stand-ins for Telegram, SigNoz and another target', async () => ({
    telegram: keep(await startTelegram({ chats: [{ id: Number(CHAT), type: 'supergroup', title: 'on call' }] })),
    signoz: keep(await startSignoz({ channels: [signozChannel({ operatorPort, webhookToken })] })),
    target: keep(await startTarget({ bearerToken: apiToken, sentrySecret: SENTRY_SECRET })),
  }));
  const kubeconfig = await screen.step('the CRD and the operator’s RBAC', () => install(cluster));
  const operator = await screen.step('the operator', async () =>
    keep(
      await startOperator({
        kubeconfig,
        redisUrl: redis.url,
        webhookToken,
        apiToken,
        port: operatorPort,
        env: { AWOOOI_NAMESPACES: NAMESPACE },
      }),
    ),
  );
  return { cluster, redis, alertmanagers, prometheus, operator, ...ends, webhookToken, apiToken, alertmanagerConfig: config };
}

/** Applies config/ as the README does, and returns a kubeconfig with the operator's own ServiceAccount token. */
async function install(cluster: ControlPlane): Promise<string> {
  const kubeconfig = cluster.adminKubeconfig;
  await kubectl(['apply', '-k', 'config'], { kubeconfig });
  await kubectl(['wait', '--for=condition=Established', 'crd/alertchainprobes.awoooi.io', '--timeout=30s'], { kubeconfig });
  await kubectl(['create', 'namespace', NAMESPACE], { kubeconfig });
  const token = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  return cluster.kubeconfigFor(token, 'awoooi-system');
}
