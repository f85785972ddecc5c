import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../parts/cluster.ts';
import { installConfig } from '../parts/install-config.ts';
import { pathOf, Root } from '../parts/installed.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { claimOf } from './claims.ts';
import { SHELL_BLOCKS, type ShellBlock } from './shell-blocks.ts';

/** The pages that have commands which an API server alone can answer, and which no other test runs. */
const PAGES = [
  'README.md',
  'docs/gates.md',
  'docs/playbooks.md',
  'docs/senders/alertmanager.md',
  'docs/senders/sentry.md',
  'docs/senders/signoz.md',
  'docs/senders/telegram.md',
  'docs/troubleshooting.md',
  'docs/upgrading.md',
];
const BLOCKS = SHELL_BLOCKS.filter(block => block.needs === undefined && claimOf(block)?.by === 'test/docs/page-commands.cluster.test.ts');

const run = promisify(execFile);

let cluster: Cluster;
let namespace: string;
let folder: string;

beforeAll(async () => {
  folder = runFolder('page-commands');
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config');
  namespace = await cluster.freshNamespace('page-commands');
  await Promise.all([lease(), credentials(), metricsService(), ...['paging', 'release-gate'].map(probe), playbook(), rule()]);
});
afterAll(() => removeFolder(folder));

async function made(path: string, body: object): Promise<void> {
  expect(await cluster.request(path, { method: 'POST', body })).toMatchObject({ status: 201 });
}
const core = (plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;
const ours = (plural: string): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/${plural}`;

function lease(): Promise<void> {
  const spec = { holderIdentity: 'awoooi-operator-0', renewTime: '2026-03-29T02:00:00.000000Z' };
  return made(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { metadata: { name: 'awoooi-operator' }, spec });
}

function credentials(): Promise<void> {
  return made(core('secrets'), {
    metadata: { name: 'awoooi-operator-credentials' },
    stringData: { AWOOOI_WEBHOOK_TOKENS: 'a-token-0123', AWOOOI_WEBHOOK_TOKEN: 'a-token-0123' },
  });
}

function metricsService(): Promise<void> {
  return made(core('services'), { metadata: { name: 'awoooi-operator-metrics' }, spec: { ports: [{ port: 8081 }] } });
}

const condition = (type: string, reason: string) => {
  const lastTransitionTime = '2026-03-29T02:00:00Z';
  return { type, status: 'True', reason, message: 'm', observedGeneration: 99, lastTransitionTime };
};

async function probe(name: string): Promise<void> {
  const spec = { schedule: { every: '5m' }, hops: [{ name: 'dog', type: 'Watchdog', watchdog: {} }] };
  await made(ours('alertchainprobes'), { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', metadata: { name }, spec });
  const status = { conditions: [condition('Ready', 'AllHopsPassed')], hops: [{ name: 'dog', type: 'Watchdog', result: 'Passed' }] };
  await cluster.request(`${ours('alertchainprobes')}/${name}/status`, {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: { status },
  });
}

function playbook(): Promise<void> {
  const spec = {
    match: { alertname: 'ApiSlow' },
    rootCause: 'x',
    steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
  };
  return made(ours('repairplaybooks'), {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'RepairPlaybook',
    metadata: { name: 'restart-api' },
    spec,
  });
}

function rule(): Promise<void> {
  const spec = { signoz: { secretRef: { name: 'signoz' } }, promql: { expr: 'up == 0', severity: 'critical', channels: ['ops'] } };
  return made(ours('signozalertrules'), {
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'SignozAlertRule',
    metadata: { name: 'api-errors' },
    spec,
  });
}

/** Every namespace of the pages is the one of this test; what they write lands in its folder. */
function shell(block: ShellBlock): Promise<{ stdout: string; stderr: string }> {
  const kubeconfig = cluster.kubeconfigFor(cluster.adminToken, namespace);
  const script = block.script
    .replaceAll(/-n (?:shop|monitoring|awoooi-system)\b/g, `-n ${namespace}`)
    .replaceAll(/\bnamespace shop\b/g, `namespace ${namespace}`)
    .replaceAll(/> (\S+)$/gm, `> ${folder}/$1`);
  const env = {
    PATH: `${dirname(pathOf('kubectl'))}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(folder, 'cache'),
    KUBERC: 'off',
  };
  return run('sh', ['-ec', script], { cwd: Root, env, timeout: 60_000 });
}

describe('the commands of the pages that an API server can answer', () => {
  it('are of every page that is claimed for this test', () => {
    expect([...new Set(BLOCKS.map(({ page }) => page))].toSorted()).toEqual(PAGES);
  });

  it.each(BLOCKS)('$page: $script', async block => {
    // More than one block makes them.
    for (const name of ['awoooi-webhook', 'awoooi-token']) await cluster.request(core(`secrets/${name}`), { method: 'DELETE' });
    const { stderr } = await shell(block);
    expect(stderr.replaceAll(/^Warning: .*\n/gm, '').replace(/^No resources found.*\n/gm, '')).toBe('');
  });
});
