import { randomBytes } from 'node:crypto';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { kubectl, type KubectlResult, tryKubectl } from '../parts/kubectl.ts';
import type { OperatorOptions } from '../parts/operator.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';

/** A namespace with the CRD, the operator's rights in it, and the ways in which a person works there. */
export interface Stage {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** With the rights of config/rbac and no others. */
  readonly operatorKubeconfig: string;
  readonly webhookToken: string;
  readonly apiToken: string;
  /** How an operator is started that looks after this namespace alone and keeps its lease there. */
  operator(redisUrl: string, env?: Readonly<Record<string, string>>): OperatorOptions;
  kubectl(...args: readonly string[]): Promise<string>;
  tryKubectl(...args: readonly string[]): Promise<KubectlResult>;
  apply(...objects: readonly object[]): Promise<void>;
}

interface StageOptions {
  readonly workloads?: boolean;
  /** By default the control plane that all files share. */
  readonly cluster?: Cluster;
}

export async function raiseStage(name: string, { workloads = false, cluster: given }: StageOptions = {}): Promise<Stage> {
  const cluster = given ?? (await sharedControlPlane({ workloads }));
  await installConfig(cluster, 'config');
  return stageIn(cluster, name);
}

/** One more namespace on a control plane where a stage was raised before. */
export async function stageIn(cluster: Cluster, name: string): Promise<Stage> {
  const namespace = await cluster.freshNamespace(`e2e-${name}`);
  const token = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  const operatorKubeconfig = cluster.kubeconfigFor(token, namespace);
  const kubeconfig = cluster.adminKubeconfig;
  const [webhookToken, apiToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
  const stage: Stage = {
    cluster,
    namespace,
    operatorKubeconfig,
    webhookToken,
    apiToken,
    operator: (redisUrl, env = {}) => ({
      kubeconfig: operatorKubeconfig,
      redisUrl,
      webhookToken,
      apiToken,
      env: { AWOOOI_NAMESPACES: namespace, AWOOOI_POD_NAMESPACE: namespace, ...env },
    }),
    kubectl: (...args) => kubectl(['-n', namespace, ...args], { kubeconfig }),
    tryKubectl: (...args) => tryKubectl(['-n', namespace, ...args], { kubeconfig }),
    apply: async (...items) => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      await kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig, input });
    },
  };
  await stage.apply(...leaseRights());
  return stage;
}

/** The Role of config/rbac/leader-election.yaml, in the namespace of this stage. */
function leaseRights(): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: 'awoooi-operator' };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'awoooi-operator' };
  const subjects = [{ kind: 'ServiceAccount', name: 'awoooi-operator', namespace: 'awoooi-system' }];
  const rules = [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] }];
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  ];
}

/** A short lease, for files in which one replica follows another; long enough for a busy machine. */
export const SHORT_LEASE = { AWOOOI_LEASE_DURATION: '6s', AWOOOI_LEASE_RENEW_DEADLINE: '4s', AWOOOI_LEASE_RETRY_PERIOD: '1s' };

export function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData };
}

/** A probe that only its token makes run while a test looks: hours would fall due now and then. */
export function probe(name: string, spec: object): object {
  const metadata = { name };
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata, spec: { schedule: { every: '168h' }, ...spec } };
}

/** The value of one series on a page of metrics, or undefined where it is not there. `series` is written as the page has it. */
export function valueOf(page: string, series: string): number | undefined {
  const line = page.split('\n').find(each => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

export async function metricsOf({ opsUrl }: { readonly opsUrl: string }): Promise<string> {
  const answer = await fetch(`${opsUrl}/metrics`, { signal: AbortSignal.timeout(10_000) });
  return answer.text();
}
