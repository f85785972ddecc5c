import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf, lasting, quiet } from '../../../test/builders/kube-frame.ts';
import { PlaybookBench } from '../../../test/builders/playbook-bench.ts';
import { installConfig } from '../../../test/parts/install-config.ts';
import { type Ran, ran } from '../../../test/builders/playbook-record.ts';
import { PLAYBOOK_KIND } from '../../../test/builders/anomaly-playbook.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { kubectl } from '../../../test/parts/kubectl.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { REPAIR_PLAYBOOK } from '../../crds/repairplaybook/kind.ts';
import type { RepairPlaybookStatus } from '../../crds/repairplaybook/status.ts';
import { type StoredRepairPlaybook, storedRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KindController } from '../../kube/controller.ts';
import { reflectNamespaces } from '../../kube/reflectors.ts';
import { objectStore } from '../../kube/store.ts';
import { controllerMetrics } from '../../telemetry/controller-metrics.ts';
import { metrics } from '../../telemetry/registry.ts';
import { playbookController } from './controller.ts';

const NAME = 'restart-api';

let cluster: Cluster;
let client: KubeClient;
let namespace: string;
let bench: PlaybookBench;
let controller: KindController;
const told: string[] = [];
const cache = objectStore<StoredRepairPlaybook>();
const stop = new AbortController();
const running: Promise<unknown>[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  namespace = await cluster.freshNamespace('playbooks');
  client = clientOf(cluster);
  bench = new PlaybookBench();
  const spec = {
    match: { alertname: 'HighLatency' },
    steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
  };
  await asAdmin(['apply', '-f', '-'], JSON.stringify({ ...PLAYBOOK_KIND, metadata: { name: NAME, namespace }, spec }));
  const reflectors = reflectNamespaces({
    client,
    resource: REPAIR_PLAYBOOK,
    namespaces: [namespace],
    store: cache,
    keep: storedRepairPlaybook,
    observer: { listed() {}, watching() {}, failed() {} },
  });
  running.push(reflectors.run(stop.signal));
  await reflectors.synced;
  controller = playbookController({
    ...bench.deps,
    frame: {
      client,
      cache,
      parse: storedRepairPlaybook,
      events: { emit: (_, { reason }) => void told.push(reason) },
      fieldManager: 'awoooi-operator',
      metrics: controllerMetrics(metrics({ process: false }))('repairplaybook'),
      log: quiet,
      now: () => bench.now,
      random: Math.random,
    },
  });
  running.push(controller.start(stop.signal, lasting()));
});
afterAll(async () => {
  stop.abort();
  await Promise.all(running);
  await client.close();
});

function asAdmin(args: readonly string[], input = ''): Promise<string> {
  return kubectl(['-n', namespace, ...args], { kubeconfig: cluster.adminKubeconfig, input });
}

/** As the API server has it. */
async function shown(): Promise<RepairPlaybookStatus> {
  return storedRepairPlaybook(JSON.parse(await asAdmin(['get', 'repairplaybook', NAME, '-o', 'json']))).status ?? {};
}

/** A run of it has ended, and whoever saw that enqueues it. */
function ended(...runs: readonly Ran[]): void {
  bench.wait(60);
  bench.runs = [...runs, ...bench.runs];
  controller.enqueue(`${namespace}/${NAME}`);
}

it('moves with its runs, is quarantined, and is released by the annotation, in statuses that the API server takes', async () => {
  await eventually(async () => (await shown()).trust === 'Candidate');
  ended(...ran(6, true));
  await eventually(async () => (await shown()).trust === 'Trusted');
  expect((await shown()).stats).toMatchObject({ attempts: 6, successes: 6, successRate: 1, asOf: bench.now.toISOString() });

  ended([false, -0.001], [false, -0.002], [false, -0.003]);
  await eventually(async () => (await shown()).trust === 'Quarantined');
  await asAdmin(['wait', `repairplaybook/${NAME}`, '--for=condition=Quarantined', '--timeout=5s']);

  bench.wait(60);
  await asAdmin(['annotate', 'repairplaybook', NAME, 'awoooi.io/end-quarantine=monday']);
  await eventually(async () => (await shown()).trust === 'Trusted');
  const status = await shown();
  expect(status.forgivenFailures).toBeCloseTo(3, 1);
  expect(status).toMatchObject({ releasedAt: bench.now.toISOString(), lastHandledRelease: 'monday', observedGeneration: 1 });
  expect(told).toEqual(['AsksForApproval', 'Trusted', 'Quarantined', 'QuarantineEnded', 'Trusted', 'AsksForApproval']);
});
