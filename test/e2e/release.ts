import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Cluster } from '../parts/cluster.ts';
import { CHART, helm } from '../parts/helm.ts';
import type { OperatorOptions } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { runFolder } from '../parts/run-folder.ts';

export const RELEASE = { name: 'awoooi', namespace: 'awoooi-system', fullname: 'awoooi-operator' };

const Secret = z.object({ data: z.record(z.string(), z.string()).default({}) });
const ConfigMap = z.object({ data: z.object({ 'redis.conf': z.string() }) });
const Env = z.object({ name: z.string(), value: z.string().default(''), valueFrom: z.unknown().optional() });
const Projected = z.object({
  secret: z.object({ name: z.string(), items: z.array(z.object({ key: z.string(), path: z.string() })) }),
});
const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({ env: z.array(Env) })]),
        volumes: z.array(z.object({ name: z.string(), projected: z.object({ sources: z.array(Projected) }).optional() })),
      }),
    }),
  }),
});

/** The chart as it is installed in a cluster, and what a kubelet would make of its pods. */
export interface Release {
  helm(...args: readonly string[]): Promise<string>;
  /** `helm upgrade --install` with these values. */
  install(values: object): Promise<string>;
  secret(name: string): Promise<Readonly<Record<string, string>>>;
  /** A redis-server with the configuration and the password of the release. */
  redis(): Promise<Part>;
  /** Environment and credentials of the operator's container, led to loopback; `refresh` reads the Secrets again, as a kubelet does. */
  pod(redis: Part): Promise<{ readonly options: OperatorOptions; refresh(): Promise<void> }>;
}

export function release(cluster: Cluster): Release {
  const { name, namespace, fullname } = RELEASE;
  const call = (...args: readonly string[]): Promise<string> => helm(['-n', namespace, ...args], cluster.adminKubeconfig);
  const read = async (path: string): Promise<unknown> => (await cluster.request(path)).body;
  const secret = async (of: string): Promise<Record<string, string>> => {
    const { data } = Secret.parse(await read(`/api/v1/namespaces/${namespace}/secrets/${of}`));
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  };
  const deployment = async () => Deployment.parse(await read(`/apis/apps/v1/namespaces/${namespace}/deployments/${fullname}`));
  return {
    helm: call,
    secret,
    install(values) {
      const file = join(runFolder('values'), 'values.json');
      writeFileSync(file, JSON.stringify(values));
      return call('upgrade', '--install', name, CHART, '--create-namespace', '-f', file);
    },
    async redis() {
      const { data } = ConfigMap.parse(await read(`/api/v1/namespaces/${namespace}/configmaps/${fullname}-redis`));
      return startRedis({ configuration: { text: data['redis.conf'], files: { '/etc/redis/secret': await secret(`${fullname}-redis`) } } });
    },
    async pod(redis) {
      const { containers, volumes } = (await deployment()).spec.template.spec;
      const folder = runFolder('pod');
      const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
      const refresh = async (): Promise<void> => {
        for (const { secret: from } of sources) {
          const data = await secret(from.name);
          for (const { key, path } of from.items) writeFileSync(join(folder, path), toLoopback(data[key] ?? '', redis), { mode: 0o600 });
        }
      };
      mkdirSync(folder, { recursive: true });
      await refresh();
      const env = Object.fromEntries(
        containers[0].env.map(each => [each.name, each.value.replace('/etc/awoooi/credentials', folder)] as const),
      );
      const token = await cluster.serviceAccountToken(namespace, fullname);
      const kubeconfig = cluster.kubeconfigFor(token, namespace);
      const webhookToken = readFileSync(join(folder, 'AWOOOI_WEBHOOK_TOKENS'), 'utf8');
      const apiToken = (await secret(`${fullname}-credentials`))['AWOOOI_API_TOKEN'] ?? '';
      return {
        options: { kubeconfig, redisUrl: '', webhookToken, apiToken, env: { ...env, ...OF_THE_TESTS, AWOOOI_POD_NAMESPACE: namespace } },
        refresh,
      };
    },
  };
}

/** What the harness of ordinary tests sets by itself, and the release says in its own way. */
const OF_THE_TESTS = { AWOOOI_API_TOKENS: '' };

/** The Service of Redis is a name that no resolver knows here. */
function toLoopback(content: string, redis: Part): string {
  return content.replace(`${RELEASE.fullname}-redis.${RELEASE.namespace}.svc:6379`, `127.0.0.1:${redis.port}`);
}

/** Of a run, so that nothing that an earlier one left can pass for it. */
export const fresh = (prefix: string): string => `${prefix}-${randomBytes(3).toString('hex')}`;
