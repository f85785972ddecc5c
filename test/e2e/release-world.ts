import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { eventually } from '../parts/eventually.ts';
import { freePort } from '../parts/free-port.ts';
import { kubectl, tryKubectl } from '../parts/kubectl.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { incidentRoutes } from './alerts.ts';
import { CHAT } from './incident-stage.ts';
import { releasePod, type ReleasePod } from './release-pod.ts';
import { CREDENTIALS as GENERATED, type Release, RELEASE, release } from './release.ts';
import { signozSecret } from './rule-stage.ts';
import { metricsOf, secret, SHORT_LEASE, type Stage, valueOf } from './stage.ts';

/** Where people of this cluster work, and where repairs are allowed. */
const SHOP = 'shop';
const SHORT = { ...SHORT_LEASE, AWOOOI_INCIDENT_SETTLE: '0s' };
const OPERATOR_USER = `system:serviceaccount:${RELEASE.namespace}:${RELEASE.fullname}`;

/** A cluster into which the chart was installed as a person does it, with two replicas that run as its Deployment says. */
export interface ReleaseWorld {
  readonly cluster: ControlPlane;
  readonly release: Release;
  /** What Helm printed at the first installation. */
  readonly notes: string;
  readonly stage: Stage;
  readonly redis: Part;
  readonly replicas: readonly [Operator, Operator];
  readonly alertmanager: Alertmanager;
  readonly telegram: Telegram;
  readonly signoz: Signoz;
  readonly target: Target;
  /** The values that it was last installed with. */
  readonly values: object;
  /** Has Alertmanager show this token from now on. */
  tell(webhookToken: string): Promise<void>;
  /** For both replicas. */
  readonly refresh: ReleasePod['refresh'];
  leader(): Promise<Operator>;
  /** Has the other replica lead: the one that does is killed, or ended in good order, and started again. */
  handOver(how: 'kill' | 'end'): Promise<void>;
  stop(): Promise<void>;
}

export async function raiseReleaseWorld(): Promise<ReleaseWorld> {
  const parts: Pick<Part, 'stop'>[] = [];
  const keep = <T extends Pick<Part, 'stop'>>(part: T): T => {
    parts.push(part);
    return part;
  };
  const cluster = keep(await startControlPlane({ workloads: true, auditedUser: OPERATOR_USER }));
  const ports = [await freePort(), await freePort()] as const;
  const telegram = keep(await startTelegram({ chats: [{ id: CHAT, type: 'supergroup' }] }));
  const signoz = keep(await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }));
  const target = keep(await startTarget({ bearerToken: 'what-the-target-takes' }));
  const people = await peopleOf(cluster, { telegram, signoz });

  const installed = release(cluster);
  // First as NOTES have it: nothing is said of Alertmanager before there is a token for it.
  const first = { settings: { ...SHORT, TG_API_ROOT: telegram.url, TG_CHAT_ID: String(CHAT), TG_UPDATES: 'off' }, ...CREDENTIALS };
  const notes = await installed.install(first);
  const { AWOOOI_WEBHOOK_TOKEN: webhookToken = '' } = await installed.secret(GENERATED);
  const alertmanager = keep(await startAlertmanager({ version: '0.33', config: incidentRoutes({ ports, webhookToken }) }));
  const values = { ...first, alertmanager: { urls: [alertmanager.url] }, ...REPAIRS, examples: { enabled: true } };
  await installed.install(values);

  const redis = keep(await installed.redis());
  const pods = [await releasePod(cluster, installed, redis), await releasePod(cluster, installed, redis)] as const;
  const [one, two] = await Promise.all(pods.map(({ options }, at) => startOperator({ ...options, port: ports[at === 0 ? 0 : 1] })));
  if (one === undefined || two === undefined) throw new Error('two replicas were asked for');
  const replicas = [keep(one), keep(two)] as const;
  const { options } = pods[0];
  const stage: Stage = { ...people, operatorKubeconfig: '', webhookToken, apiToken: options.apiToken, operator: () => options };
  const leader = (): Promise<Operator> => eventually(() => leaderOf(replicas), { withinMs: 60_000, everyMs: 100 });
  return {
    cluster,
    release: installed,
    notes,
    stage,
    redis,
    replicas,
    alertmanager,
    telegram,
    signoz,
    target,
    values,
    leader,
    tell: token => alertmanager.reload(incidentRoutes({ ports, webhookToken: token })),
    refresh: async token => {
      for (const pod of pods) await pod.refresh(token);
    },
    async handOver(how) {
      const old = await leader();
      const other = old === one ? two : one;
      await (how === 'kill' ? old.kill9() : old.halt());
      await eventually(() => leads(other), { withinMs: 60_000, everyMs: 100 });
      await old.restart();
    },
    async stop() {
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}

const CREDENTIALS = {
  credentials: { TG_BOT_TOKEN: { secret: 'telegram-bot', key: 'token' }, SENTRY_API_TOKEN: { secret: 'sentry-api-token' } },
};
const REPAIRS = { repair: { execution: true, namespaces: [SHOP] } };

/** The namespaces, and the Secrets that people have already. */
async function peopleOf(
  cluster: ControlPlane,
  { telegram, signoz }: { readonly telegram: Telegram; readonly signoz: Signoz },
): Promise<Pick<Stage, 'cluster' | 'namespace' | 'kubectl' | 'tryKubectl' | 'apply'>> {
  const kubeconfig = cluster.adminKubeconfig;
  const applyTo = async (namespace: string, ...items: readonly object[]): Promise<void> => {
    await kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig, input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  };
  for (const name of [RELEASE.namespace, SHOP]) await kubectl(['create', 'namespace', name], { kubeconfig });
  await kubectl(['label', 'namespace', SHOP, 'awoooi.io/repair=enabled'], { kubeconfig });
  const theirs = [secret('telegram-bot', { token: telegram.token }), secret('sentry-api-token', { SENTRY_API_TOKEN: 'a-token-of-sentry' })];
  await applyTo(RELEASE.namespace, ...theirs);
  await applyTo(SHOP, signozSecret(signoz), secret('target', { token: 'what-the-target-takes' }));
  return {
    cluster,
    namespace: SHOP,
    kubectl: (...args) => kubectl(['-n', SHOP, ...args], { kubeconfig }),
    tryKubectl: (...args) => tryKubectl(['-n', SHOP, ...args], { kubeconfig }),
    apply: (...items) => applyTo(SHOP, ...items),
  };
}

async function leads(operator: Operator): Promise<boolean> {
  return operator.process().running() && valueOf(await metricsOf(operator), 'awoooi_leader') === 1;
}

async function leaderOf(replicas: readonly Operator[]): Promise<Operator | undefined> {
  for (const replica of replicas) if (await leads(replica).catch(() => false)) return replica;
  return undefined;
}
