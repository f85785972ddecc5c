import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { patchStep } from '../builders/repair-playbook.ts';
import { runManifest, runSpec } from '../builders/repair-run.ts';
import { shortRule } from '../builders/signoz-alert-rule.ts';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { installConfig } from '../parts/install-config.ts';
import { Root } from '../parts/installed.ts';
import { kubectl } from '../parts/kubectl.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { addNode, made, patched, startKubelet } from './support-node.ts';
import { elsewhere, loggedWords, settings } from './support-secrets.ts';

/** A running operator with every secret that there is, also in its cluster as if it were a pod there. */
export interface SupportStage {
  readonly cluster: Cluster;
  /** Namespaces of the objects, and of the operator. */
  readonly shop: string;
  readonly home: string;
  readonly operator: Operator;
  readonly names: ReturnType<typeof settings>['secrets'];
  readonly other: ReturnType<typeof elsewhere>;
  /** A kubeconfig with the rights of docs/support-bundle.md, and no others. */
  readonly support: string;
  stop(): Promise<void>;
}

type Closing = (() => Promise<unknown>)[];
type Settings = ReturnType<typeof settings>;
type Set = Omit<SupportStage, 'support' | 'stop'>;

export async function supportStage(): Promise<SupportStage> {
  const closing: Closing = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close();
  };
  try {
    const { set, env, upstream } = await running(closing);
    await offerObjects(set, upstream);
    await offerOperator(set, { env, closing });
    return { ...set, support: await supporter(set, closing), stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

async function running(closing: Closing): Promise<{ set: Set; env: Settings['env']; upstream: string }> {
  const cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  const [shop, home] = await Promise.all([cluster.freshNamespace('bundle-shop'), cluster.freshNamespace('bundle-home')]);
  const redis = await startRedis();
  closing.push(() => redis.stop());
  // It answers every credential with what it was shown, as many a proxy does.
  const upstream = await startHttpServer({
    handle: ({ path, headers }) => ({
      status: 500,
      body: `no: ${path} with ${headers['authorization'] ?? headers['signoz-api-key'] ?? ''}`,
    }),
  });
  closing.push(() => upstream.stop());
  const { secrets: names, env } = settings(upstream.url, redis.port);
  await setPassword(redis, names.redisPassword);
  // The webhook tokens are in a file already.
  const { AWOOOI_WEBHOOK_TOKENS: _, ...own } = env;
  const operator = await startOperator({
    kubeconfig: cluster.adminKubeconfig,
    redisUrl: env['REDIS_URL'] ?? '',
    webhookToken: names.webhookToken,
    apiToken: names.apiToken,
    env: { ...own, AWOOOI_NAMESPACES: shop, AWOOOI_POD_NAMESPACE: home, AWOOOI_LISTEN_ADDRESS: '0.0.0.0', LOG_LEVEL: 'debug' },
  });
  closing.push(() => operator.stop());
  return { set: { cluster, shop, home, operator, names, other: elsewhere() }, env, upstream: upstream.url };
}

async function setPassword(redis: Part, password: string): Promise<void> {
  const socket = connect({ port: redis.port, host: '127.0.0.1' }, () => socket.write(`CONFIG SET requirepass ${password}\r\n`));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', data => {
      socket.destroy();
      if (data.toString().startsWith('+OK')) resolve();
      else reject(new Error(data.toString()));
    });
  });
}

/** Objects, an Event and a status, with secrets where people and servers put them. */
async function offerObjects({ cluster, shop, names, other }: Set, upstream: string): Promise<void> {
  const ours = (plural: string): string => `/apis/awoooi.io/v1alpha1/namespaces/${shop}/${plural}`;
  const spec = {
    schedule: { every: '5s' },
    timeout: '4s',
    target: { url: upstream },
    hops: [{ name: 'api', type: 'Health' }],
    heartbeat: { url: `${upstream}/ping/${other.heartbeatKey}` },
    notify: { webhook: { url: `${upstream}/notify?key=${other.notifyKey}` } },
  };
  const metadata = { name: 'paging', annotations: { 'example.com/token': other.annotation } };
  const input = JSON.stringify({ apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata, spec });
  // As people do it, so that kubectl leaves its copy of the object.
  await kubectl(['-n', shop, 'apply', '-f', '-'], { kubeconfig: cluster.adminKubeconfig, input });
  const rule = { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name: 'rule' }, spec: shortRule() };
  await made(cluster, ours('signozalertrules'), rule);
  const value = { name: 'DB_PASS', value: other.patched };
  const steps = [patchStep({ op: 'add', path: '/spec/template/spec/containers/0/env/-', value })];
  await made(cluster, ours('repairruns'), runManifest(runSpec({ steps, mode: 'Approve' }), 'patched'));
  await Promise.all(['alertchainprobes/paging', 'signozalertrules/rule', 'repairruns/patched'].map(path => judged(cluster, ours(path))));
  await patched(cluster, `${ours('repairruns')}/patched/status`, { status: { message: `told ${other.patched} and ${names.apiToken}` } });
  const stringData = { url: upstream, apiKey: other.inSecret };
  await made(cluster, `/api/v1/namespaces/${shop}/secrets`, { metadata: { name: 'signoz' }, stringData });
  await made(cluster, `/api/v1/namespaces/${shop}/events`, {
    metadata: { name: 'told' },
    involvedObject: { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', name: 'paging', namespace: shop },
    reason: 'Told',
    message: `refused ${Object.values(names).join(' ')} and password=${other.assigned}`,
    type: 'Warning',
    lastTimestamp: new Date().toISOString(),
  });
}

/** Until the operator has said how an object stands. */
async function judged(cluster: Cluster, path: string): Promise<void> {
  const isJudged = async (): Promise<boolean> => JSON.stringify((await cluster.request(path)).body).includes('"type":"Ready"');
  await eventually(isJudged, { withinMs: 60_000, everyMs: 100 });
}

/** An address of this machine that the API server lets itself be led to by a pod: loopback is none. */
export function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap(each => each ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** The operator as it stands in a cluster: its pod is the process that runs, its Node a kubelet that serves logs. */
async function offerOperator({ cluster, home, operator, names, other }: Set, { env, closing }: { env: Settings['env']; closing: Closing }) {
  const words = loggedWords(Object.values(names), other);
  const kubelet = await startKubelet(query => (query.get('previous') === 'true' ? `the one before\n${words}` : words));
  closing.push(() => kubelet.stop());
  const node = `node-${home}`;
  await addNode(cluster, node, kubelet.port);
  closing.push(() => cluster.request(`/api/v1/nodes/${node}`, { method: 'DELETE' }));
  const variables = [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    { name: 'AWOOOI_OPS_PORT', value: new URL(operator.opsUrl).port },
    { name: 'UNKNOWN', value: other.plainVariable },
    { name: 'SENTRY_DSN', valueFrom: { secretKeyRef: { name: 'sentry', key: 'dsn' } } },
  ];
  const labels = { 'app.kubernetes.io/name': 'awoooi-operator', 'app.kubernetes.io/version': '9.9.9' };
  const container = { name: 'operator', image: 'registry.example.com/awoooi:9.9.9', env: variables, args: ['--api-key', other.argument] };
  const metadata = { name: 'awoooi-operator', labels };
  const selector = { matchLabels: labels };
  await made(cluster, `/apis/apps/v1/namespaces/${home}/deployments`, {
    metadata,
    spec: { selector, template: { metadata: { labels }, spec: { containers: [container] } } },
  });
  const pod = { metadata: { name: 'awoooi-operator-0', labels }, spec: { nodeName: node, containers: [container] } };
  await made(cluster, `/api/v1/namespaces/${home}/pods`, pod);
  const store = { name: 'awoooi-operator-redis-0', labels: { ...labels, 'app.kubernetes.io/component': 'redis' } };
  const redis = { metadata: store, spec: { nodeName: node, containers: [{ name: 'redis', image: 'redis:8' }] } };
  await made(cluster, `/api/v1/namespaces/${home}/pods`, redis);
  const address = ownAddress();
  const containerStatuses = [{ name: 'operator', ready: true, restartCount: 1, image: container.image, imageID: 'sha256:1', state: {} }];
  const status = { phase: 'Running', containerStatuses, ...(address !== undefined && { podIP: address, podIPs: [{ ip: address }] }) };
  await patched(cluster, `/api/v1/namespaces/${home}/pods/awoooi-operator-0/status`, { status });
  await made(cluster, `/apis/policy/v1/namespaces/${home}/poddisruptionbudgets`, { metadata, spec: { minAvailable: 1, selector } });
  const slice = { metadata: { ...metadata, name: 'awoooi-operator-x' }, addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.7'] }] };
  await made(cluster, `/apis/discovery.k8s.io/v1/namespaces/${home}/endpointslices`, slice);
}

async function supporter({ cluster, home }: Set, closing: Closing): Promise<string> {
  const page = readFileSync(join(Root, 'docs/support-bundle.md'), 'utf8');
  const [, rights = ''] = /```yaml\n([^`]+)```/.exec(page) ?? [];
  const name = `support-${home}`;
  const input = rights.replaceAll('awoooi-support', name).replaceAll('awoooi-system', home);
  const admin = { kubeconfig: cluster.adminKubeconfig };
  await kubectl(['apply', '-f', '-'], { ...admin, input });
  closing.push(() => kubectl(['delete', 'clusterrole,clusterrolebinding', name], admin));
  const token = await cluster.serviceAccountToken(home, 'helper');
  const who = `--serviceaccount=${home}:helper`;
  await kubectl(['create', 'clusterrolebinding', name, `--clusterrole=${name}`, who], admin);
  await kubectl(['-n', home, 'create', 'rolebinding', name, `--role=${name}`, who], admin);
  return cluster.kubeconfigFor(token, home);
}
