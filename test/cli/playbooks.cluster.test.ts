import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubernetesPlaybookReader } from '../../src/adapters/kubernetes/playbook-reader.ts';
import { kubernetesPlaybookWriter } from '../../src/adapters/kubernetes/playbook-writer.ts';
import { parseRepairPlaybook } from '../../src/crds/repairplaybook/parse.ts';
import type { RepairPlaybook } from '../../src/crds/repairplaybook/kind.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { clientOf } from '../builders/kube-frame.ts';
import { installConfig } from '../parts/install-config.ts';
import { PromotionBench } from '../builders/promotion-bench.ts';
import type { Cluster } from '../parts/cluster.ts';
import { kubectl } from '../parts/kubectl.ts';
import { sharedControlPlane } from '../parts/shared-control-plane.ts';
import { awoooi } from './shell.ts';

let cluster: Cluster;
let client: KubeClient;
let namespace: string;
let bench: PromotionBench;

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  client = clientOf(cluster);
});
beforeEach(async () => {
  namespace = await cluster.freshNamespace('export');
  bench = new PromotionBench();
  await helps();
});
afterAll(() => client.close());

const soon = (): AbortSignal => AbortSignal.timeout(15_000);
const admin = () => ({ kubeconfig: cluster.adminKubeconfig });

/** It helped once more, and the promoter looks at it, over the cluster as it is. */
async function helps(said = bench.said): Promise<string> {
  bench.successes += 1;
  bench.candidate = { ...bench.candidate, mark: String(bench.successes) };
  bench.said = said;
  const playbooks = await inCluster();
  const { result } = await bench.look({
    learnedNamespace: namespace,
    playbooks: () => playbooks,
    writer: kubernetesPlaybookWriter(client),
  });
  return result;
}

/** What a cache would hold. */
async function inCluster(): Promise<readonly RepairPlaybook[]> {
  const listed = await kubernetesPlaybookReader(client).list(namespace, soon());
  return listed.map(({ object }) => {
    const parsed = parseRepairPlaybook(object);
    if (parsed.ok) return parsed.object;
    throw new Error(parsed.problems.join('; '));
  });
}

function command(args: readonly string[]) {
  return awoooi(['playbooks', ...args], { env: { KUBECONFIG: cluster.adminKubeconfig, PATH: process.env['PATH'] ?? '' } });
}

describe('export', () => {
  it('is clean: what a person would have written, and whose it is', async () => {
    const { status, stdout, stderr } = await command(['export', '-n', namespace]);
    expect([status, stderr]).toEqual([0, '1 playbook written\n']);
    expect(stdout).toBe(`apiVersion: awoooi.io/v1alpha1
kind: RepairPlaybook
metadata:
  name: restart-pod-v1-7000000000000000
  namespace: ${namespace}
  annotations:
    awoooi.io/alertname: HighLatency
spec:
  match:
    anomalyKey: v1-7000000000000000
  rootCause: a leak in the cache
  description: "Learned from repairs: restart_pod has helped 6 of 6 times (100 %)."
  source: auto_learning
  evidence: restart_pod helped 6 of 6 times with HighLatency; the root cause is by a person
  steps:
    - action: restart_pod
      target:
        kind: Deployment
        name: api
      parameters: {}
  mode: Suggest
`);
  });

  it('applied from Git it is adopted, and neither doubled nor changed when it helps again', async () => {
    const { stdout: input } = await command(['export', '-n', namespace]);
    await kubectl(['apply', '--server-side', '--field-manager=git', '-f', '-'], { ...admin(), input });
    expect(await helps('another reason')).toBe('unchanged');
    expect((await inCluster()).map(({ spec }) => spec.rootCause)).toEqual(['a leak in the cache']);
    expect((await command(['export', '-n', namespace])).stdout).toBe(input);
  });

  it('applied with the plain kubectl apply it is adopted as well', async () => {
    const { stdout: input } = await command(['export', '-n', namespace]);
    await kubectl(['apply', '-f', '-'], { ...admin(), input: input.replace('a leak in the cache', 'what the review says') });
    expect(await helps('another reason')).toBe('updated');
    const [only, ...others] = await inCluster();
    expect([only?.spec.rootCause, only?.spec.mode, others]).toEqual(['what the review says', 'Suggest', []]);
  });

  it('brought back after it was deleted it is the same again', async () => {
    const { stdout: input } = await command(['export', '-n', namespace]);
    await kubectl(['-n', namespace, 'delete', 'repairplaybooks', '--all'], admin());
    expect(await helps()).toBe('deleted');
    expect(await inCluster()).toEqual([]);
    await kubectl(['apply', '-f', '-'], { ...admin(), input });
    expect(await helps()).toBe('unchanged');
    expect(await inCluster()).toHaveLength(1);
  });
});

it('lists them as kubectl would not', async () => {
  const { status, stdout } = await command(['list', '-n', namespace]);
  expect(status).toBe(0);
  expect(stdout.split('\n').map(line => line.split(/ {2,}/))).toEqual([
    ['NAMESPACE', 'NAME', 'SOURCE', 'MODE', 'TRUST', 'SUCCESS', 'RUNS', 'READY'],
    [namespace, 'restart-pod-v1-7000000000000000', 'auto_learning', 'Suggest', '-', '-', '-', '-'],
    [''],
  ]);
});

it('says that it may not', async () => {
  const token = await cluster.serviceAccountToken(namespace, 'nobody');
  const env = { KUBECONFIG: cluster.kubeconfigFor(token, namespace), PATH: process.env['PATH'] ?? '' };
  const { status, stderr } = await awoooi(['playbooks', 'export', '-n', namespace], { env });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(new RegExp(`listing RepairPlaybooks of namespace ${namespace}: .*forbidden`)),
  ]);
});
