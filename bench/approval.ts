import { join } from 'node:path';
import { z } from 'zod';
import { REPAIR_RUN } from '../src/crds/repairrun/kind.ts';
import { RepairRunStatus } from '../src/crds/repairrun/status.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import { Root } from '../test/parts/installed.ts';
import { kubectl } from '../test/parts/kubectl.ts';
import { type ChangeWatch, deployments, watchDeployments } from './deployments.ts';
import { built, inCluster } from './in-cluster.ts';
import { createPlaybooks, hashOf } from './playbooks.ts';
import { median, quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';

const RUNS = 60;
/** Of which the first only warm up: scripts, connections, what V8 optimises. */
const WARM = 10;
const PLAYBOOK = 'restart';
const WITHIN = { withinMs: 60_000, everyMs: 5 };

/**
 * Runs that wait for a person, each of a Deployment of its own that rolls out; approved one after another, as kubectl would. From the moment the approval
 * is sent to the API server until a watcher sees that the operator has restarted the Deployment there.
 */
export const approval: Bench = {
  name: 'approval',
  what: 'how long after an approval the API server has the call of the repair',
  takes: '2 minutes',
  run,
};

interface Given {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly watch: ChangeWatch;
}

async function run(keep: Keep): Promise<BenchResult[]> {
  const program = built();
  const stage = await raiseStage(keep, { workloads: true });
  const { client, cluster } = stage;
  const namespace = await cluster.freshNamespace('approval');
  const kubeconfig = cluster.adminKubeconfig;
  await kubectl(['-n', namespace, 'apply', '-k', join(Root, 'config/repair')], { kubeconfig });
  await kubectl(['label', 'namespace', namespace, 'awoooi.io/repair=enabled'], { kubeconfig });
  const env = { ...inCluster(stage, keep), AWOOOI_NAMESPACES: namespace, AWOOOI_REPAIR_EXECUTION: 'on', LOG_LEVEL: 'warn' };
  await stage.operator({ program, env });
  await deployments(client, namespace, RUNS);
  await createPlaybooks(client, {
    namespace,
    count: 1,
    nameOf: () => PLAYBOOK,
    limits: { cooldown: '0s', maxConcurrent: 100, maxPerHour: 60 },
  });
  const hash = await hashOf(client, namespace, PLAYBOOK);
  const watch = keep(await watchDeployments(client, namespace));
  const took: Took[] = [];
  for (let index = 0; index < RUNS; index += 1) took.push(await approved({ client, namespace, watch }, hash, `app-${index}`));
  const counted = took.slice(WARM).map(({ callMs }) => callMs);
  const answered = median(took.slice(WARM).map(({ answerMs }) => answerMs));
  console.log(
    `  slowest ${Math.max(...counted).toFixed(0)} ms, the first of all ${took[0]?.callMs.toFixed(0)} ms; of which the approval's own answer took ${answered.toFixed(1)} ms, median`,
  );
  return [
    atMost('from the approval to the call of the repair, median', { value: median(counted), unit: 'ms', most: 100 }),
    atMost('from the approval to the call of the repair, p99', { value: quantile(counted, 0.99), unit: 'ms', most: 500 }),
  ];
}

interface Took {
  /** Of the API server alone, for the approval: by it the other can be judged where others are at work too. */
  readonly answerMs: number;
  readonly callMs: number;
}

const Run = z.object({ status: RepairRunStatus.optional() });

async function approved({ client, namespace, watch }: Given, playbookHash: string, target: string): Promise<Took> {
  const path = collectionPath(REPAIR_RUN, namespace);
  const steps = [{ action: 'restart_pod', target: { kind: 'Deployment', name: target } }];
  const limits = { cooldown: '0s', maxConcurrent: 100, maxPerHour: 60 };
  const spec = { playbookRef: { name: PLAYBOOK }, playbookHash, steps, limits };
  const body = { apiVersion: `${REPAIR_RUN.group}/${REPAIR_RUN.version}`, kind: REPAIR_RUN.kind, metadata: { name: target }, spec };
  await client.request({ method: 'POST', path, body });
  const waits = async (): Promise<boolean> => {
    const { status } = Run.parse(await client.request({ method: 'GET', path: `${path}/${target}` }));
    return status?.phase === 'AwaitingApproval' && status.conditions !== undefined;
  };
  await eventually(waits, { withinMs: 30_000, everyMs: 50 });
  const began = performance.now();
  await client.request({
    method: 'PATCH',
    path: `${path}/${target}`,
    patchType: 'application/merge-patch+json',
    body: { spec: { approvals: [{ by: 'admin', decision: 'Approve' }] } },
  });
  const answerMs = performance.now() - began;
  return { answerMs, callMs: (await eventually(() => watch.changed.get(target), WITHIN)) - began };
}
