import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { keptPort } from '../parts/free-port.ts';
import type { Operator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { startTelegram } from '../servers/telegram.ts';
import { incidentRoutes } from './alerts.ts';
import { CHAT } from './incident-stage.ts';
import { peopleOf, SHOP, TARGET_TOKEN, THEIR_SECRETS } from './release-people.ts';
import { releasePod, type ReleasePod } from './release-pod.ts';
import { type Replicas, startReplicas } from './release-replicas.ts';
import { CREDENTIALS, type Release, RELEASE, release } from './release.ts';
import { SHORT_LEASE, type Stage } from './stage.ts';

const OPERATOR_USER = `system:serviceaccount:${RELEASE.namespace}:${RELEASE.fullname}`;

/** A cluster into which the chart was installed as a person does it, with two replicas that run as its Deployment says. */
export interface ReleaseWorld extends Pick<Replicas, 'leader' | 'handOver'> {
  readonly cluster: ControlPlane;
  readonly release: Release;
  /** What Helm printed at the first installation. */
  readonly notes: string;
  readonly stage: Stage;
  readonly redis: Part;
  readonly replicas: readonly [Operator, Operator];
  readonly alertmanager: Alertmanager;
  readonly signoz: Signoz;
  readonly target: Target;
  /** The values that it was last installed with. */
  readonly values: object;
  /** Installs the chart again after it was uninstalled: a new Redis on the volume of the old one, and Alertmanager told of the new token. */
  installAgain(): Promise<void>;
  /** Has Alertmanager show this token from now on. */
  tell(webhookToken: string): Promise<void>;
  /** For both replicas. */
  readonly refresh: ReleasePod['refresh'];
  stop(): Promise<void>;
}

export async function raiseReleaseWorld(): Promise<ReleaseWorld> {
  const parts: Pick<Part, 'stop'>[] = [];
  const keep = <T extends Pick<Part, 'stop'>>(part: T): T => {
    parts.push(part);
    return part;
  };
  const cluster = keep(await startControlPlane({ workloads: true, auditedUser: OPERATOR_USER }));
  const ports = [await keptPort(), await keptPort()] as const;
  const telegram = keep(await startTelegram({ chats: [{ id: CHAT, type: 'supergroup' }] }));
  const signoz = keep(await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }));
  const target = keep(await startTarget({ bearerToken: TARGET_TOKEN }));
  const people = await peopleOf(cluster, { telegram, signoz });

  const installed = release(cluster);
  const told = { TG_API_ROOT: telegram.url, TG_CHAT_ID: String(CHAT), TG_UPDATES: 'off' };
  const first = { settings: { ...SHORT_LEASE, AWOOOI_INCIDENT_SETTLE: '0s', ...told }, ...THEIR_SECRETS };
  // First as NOTES have it: nothing is said of Alertmanager before there is a token for it.
  const notes = await installed.install(first);
  const { AWOOOI_WEBHOOK_TOKEN: webhookToken = '' } = await installed.secret(CREDENTIALS);
  const alertmanager = keep(await startAlertmanager({ version: '0.33', config: incidentRoutes({ ports, webhookToken }) }));
  const repair = { execution: true, namespaces: [SHOP] };
  const values = { ...first, alertmanager: { urls: [alertmanager.url] }, repair, examples: { enabled: true } };
  await installed.install(values);

  const redis = keep(await installed.redis());
  const pods = [await releasePod(cluster, installed, redis), await releasePod(cluster, installed, redis)] as const;
  const { both: replicas, ...leading } = await startReplicas(pods, ports);
  replicas.forEach(keep);
  const { options } = pods[0];
  const stage: Stage = { ...people, operatorKubeconfig: '', webhookToken, apiToken: options.apiToken, operator: () => options };
  const again = reinstallation({ release: installed, redis, values, pods, alertmanager, ports });
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  return { cluster, release: installed, notes, stage, redis, replicas, ...leading, alertmanager, signoz, target, values, ...again, stop };
}

interface Installed extends Pick<ReleaseWorld, 'release' | 'redis' | 'values' | 'alertmanager'> {
  readonly pods: readonly ReleasePod[];
  readonly ports: readonly number[];
}

function reinstallation({
  release: of,
  redis,
  values,
  pods,
  alertmanager,
  ports,
}: Installed): Pick<ReleaseWorld, 'installAgain' | 'tell' | 'refresh'> {
  const tell = (webhookToken: string): Promise<void> => alertmanager.reload(incidentRoutes({ ports, webhookToken }));
  const refresh: ReleasePod['refresh'] = async token => {
    for (const pod of pods) await pod.refresh(token);
  };
  return {
    tell,
    refresh,
    async installAgain() {
      await of.install(values);
      await of.renewRedis(redis);
      await refresh();
      const { AWOOOI_WEBHOOK_TOKEN: token = '' } = await of.secret(CREDENTIALS);
      await tell(token);
    },
  };
}
