import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KubeClient } from '../src/kube/client.ts';
import { fixedCredentials } from '../src/kube/credentials.ts';
import { kubeClient } from '../src/kube/transport.ts';
import type { Cluster } from '../test/parts/cluster.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../test/parts/control-plane.ts';
import { installConfig } from '../test/parts/install-config.ts';
import { type Operator, type OperatorOptions, startOperator } from '../test/parts/operator.ts';
import type { Part } from '../test/parts/part.ts';
import { startRedis } from '../test/parts/redis.ts';
import type { Keep } from './result.ts';

export interface Stage {
  readonly cluster: ControlPlane;
  readonly redis: Part;
  /** The admin's, over the same HTTP client as the operator's. */
  readonly client: KubeClient;
  /** The operator's own ServiceAccount. */
  readonly token: string;
  readonly webhookToken: string;
  readonly apiToken: string;
  /** An operator as an ordinary process under its RBAC. */
  operator(options: Partial<OperatorOptions>): Promise<Operator>;
}

/** A control plane with config/ applied, and Redis. */
export async function raiseStage(keep: Keep, options: ControlPlaneOptions = {}): Promise<Stage> {
  const cluster = keep(await startControlPlane(options));
  const redis = keep(await startRedis());
  await installConfig(cluster, 'config');
  const token = await cluster.serviceAccountToken('awoooi-system', 'awoooi-operator');
  const kubeconfig = cluster.kubeconfigFor(token, 'awoooi-system');
  const client = adminClient(cluster);
  keep({ stop: () => client.close() });
  const webhookToken = randomBytes(16).toString('hex');
  const apiToken = randomBytes(16).toString('hex');
  const given = { kubeconfig, redisUrl: redis.url, webhookToken, apiToken };
  return {
    cluster,
    redis,
    client,
    token,
    webhookToken,
    apiToken,
    operator: async options => keep(await startOperator({ ...given, ...options })),
  };
}

function adminClient({ url, adminToken, caFile }: Cluster): KubeClient {
  const tls = { ca: readFileSync(caFile, 'utf8') };
  return kubeClient({ credentials: fixedCredentials({ server: url, token: adminToken, tls }), userAgent: 'awoooi-bench' });
}
