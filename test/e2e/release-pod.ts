import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Cluster } from '../parts/cluster.ts';
import type { OperatorOptions } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { runFolder } from '../parts/run-folder.ts';
import { CREDENTIALS, RELEASE, type Release } from './release.ts';

const Env = z.object({
  name: z.string(),
  value: z.string().default(''),
  valueFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional() }).optional(),
});
const Projected = z.object({
  secret: z.object({ name: z.string(), items: z.array(z.object({ key: z.string(), path: z.string() })) }),
});
const Container = z.object({ args: z.array(z.string()), env: z.array(Env) });
const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([Container]),
        volumes: z.array(z.object({ projected: z.object({ sources: z.array(Projected) }).optional() })),
      }),
    }),
  }),
});
type Pod = z.infer<typeof Deployment>['spec']['template']['spec'];

export interface ReleasePod {
  readonly options: OperatorOptions;
  /** Brings the files of Secrets and of the ServiceAccount up to date, as a kubelet does; its token may be one that has expired. */
  refresh(token?: { readonly expiresInSeconds: number }): Promise<void>;
}

/** What a kubelet would give the operator's container: environment, credentials, and the token of its ServiceAccount; all led to loopback. */
export async function releasePod(cluster: Cluster, release: Release, redis: Part): Promise<ReleasePod> {
  const { namespace, fullname } = RELEASE;
  const { body } = await cluster.request(`/apis/apps/v1/namespaces/${namespace}/deployments/${fullname}`);
  const { containers, volumes } = Deployment.parse(body).spec.template.spec;
  const folder = runFolder('pod');
  mkdirSync(join(folder, 'account'));
  const refresh: ReleasePod['refresh'] = async token => {
    await writeCredentials(release, { volumes, redis, folder });
    copyFileSync(cluster.caFile, join(folder, 'account/ca.crt'));
    const shown = await cluster.serviceAccountToken(namespace, fullname, token);
    writeFileSync(join(folder, 'account/token'), shown, { mode: 0o600 });
  };
  await refresh();
  const { AWOOOI_WEBHOOK_TOKEN: webhookToken = '', AWOOOI_API_TOKEN: apiToken = '' } = await release.secret(CREDENTIALS);
  const own = Object.fromEntries(containers[0].env.map(({ name, value }) => [name, value.replace('/etc/awoooi/credentials', folder)]));
  const { hostname, port } = new URL(cluster.url);
  const kubelets = {
    AWOOOI_POD_NAMESPACE: namespace,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    AWOOOI_SERVICE_ACCOUNT_DIR: join(folder, 'account'),
  };
  // Empty: what the harness of other tests sets in ways of its own.
  const env = { ...own, ...kubelets, KUBECONFIG: '', AWOOOI_API_TOKENS: '', REDIS_URL: '' };
  return { options: { kubeconfig: '', redisUrl: '', webhookToken, apiToken, env }, refresh };
}

async function writeCredentials(
  release: Release,
  { volumes, redis, folder }: Pick<Pod, 'volumes'> & { readonly redis: Part; readonly folder: string },
): Promise<void> {
  for (const { secret } of volumes.flatMap(({ projected }) => projected?.sources ?? [])) {
    const data = await release.secret(secret.name);
    for (const { key, path } of secret.items) writeFileSync(join(folder, path), toLoopback(data[key] ?? '', redis), { mode: 0o600 });
  }
}

/** The Service of Redis is a name that no resolver knows here. */
function toLoopback(content: string, { port }: Part): string {
  return content.replace(`${RELEASE.fullname}-redis.${RELEASE.namespace}.svc:6379`, `127.0.0.1:${port}`);
}

/** What the pod of `helm test` runs, led to this operator. */
export async function testHook(
  release: Release,
  { url }: Pick<Part, 'url'>,
): Promise<Pick<z.infer<typeof Container>, 'args'> & { env: Record<string, string> }> {
  const hooks = (await release.helm('get', 'hooks', RELEASE.name)).split(/^---\n/m).map((text): unknown => parse(text));
  const data = hooks.flatMap(hook => ConfigMap.safeParse(hook).data ?? [])[0]?.data ?? {};
  const [pod] = hooks.flatMap(hook => HookPod.safeParse(hook).data ?? []);
  if (pod === undefined) throw new Error('the release has no pod for helm test');
  const here = (text: string): string => text.replaceAll(`http://${RELEASE.fullname}.${RELEASE.namespace}.svc:8000`, url);
  const folder = runFolder('hook');
  for (const [name, text] of Object.entries(data)) writeFileSync(join(folder, name), here(text));
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of pod.spec.containers[0].env) {
    const from = valueFrom?.secretKeyRef;
    env[name] = from === undefined ? here(value) : ((await release.secret(from.name))[from.key] ?? '');
  }
  return { args: pod.spec.containers[0].args.map(arg => arg.replace('/etc/awoooi/test', folder)), env };
}

const ConfigMap = z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) });
const HookPod = z.object({ kind: z.literal('Pod'), spec: z.object({ containers: z.tuple([Container]) }) });
