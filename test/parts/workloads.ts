import { dirname, join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { pathOf } from './installed.ts';
import type { Part } from './part.ts';
import { type Child, startChild } from './process.ts';

/** The controller manager, the scheduler and kwok with one Node: Deployments roll out and namespaces go away, but no container runs. */
export async function startWorkloads(api: Cluster, serviceAccountKeyFile: string): Promise<Pick<Part, 'stop'>> {
  const kubeconfig = `--kubeconfig=${api.adminKubeconfig}`;
  const kwok = pathOf('kwok');
  const children: readonly Child[] = [
    startChild({
      name: 'kube-controller-manager',
      command: pathOf('kube-controller-manager'),
      args: [
        kubeconfig,
        `--service-account-private-key-file=${serviceAccountKeyFile}`,
        `--root-ca-file=${api.caFile}`,
        '--use-service-account-credentials=true',
        '--leader-elect=false',
        '--secure-port=0',
      ],
    }),
    startChild({
      name: 'kube-scheduler',
      command: pathOf('kube-scheduler'),
      args: [kubeconfig, '--leader-elect=false', '--secure-port=0'],
    }),
    startChild({
      name: 'kwok',
      command: kwok,
      // Without a lease the Node is taken for dead 50 s after its start; it comes back at once, but its pods stay unready for good.
      args: [kubeconfig, '--manage-all-nodes=true', '--node-lease-duration-seconds=40', `--config=${join(dirname(kwok), 'stages.yaml')}`],
    }),
  ];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(child => child.kill9()));
  };
  try {
    await addNode(api);
    await eventually(() => controllersAtWork(api, children), { withinMs: 60_000 });
  } catch (err) {
    await stop();
    throw new Error(children.map(child => `${child.name}:\n${child.log().slice(-1_500)}`).join('\n'), { cause: err });
  }
  return { stop };
}

/** Ready once the default ServiceAccount is there: pods are refused before that. */
async function controllersAtWork(api: Cluster, children: readonly Child[]): Promise<boolean> {
  if (children.some(child => !child.running())) throw new Error('one of them ended');
  const { status } = await api.request('/api/v1/namespaces/default/serviceaccounts/default');
  return status === 200;
}

async function addNode(api: Cluster): Promise<void> {
  // All test files of a run share it: what one leaves behind must leave room for the others.
  const resources = { cpu: '32', memory: '256Gi', pods: '2000' };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', labels: { 'kubernetes.io/hostname': 'node-1' }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    status: { allocatable: resources, capacity: resources },
  };
  const { status, body } = await api.request('/api/v1/nodes', { method: 'POST', body: node });
  if (status !== 201) throw new Error(`the Node was refused with ${status}: ${JSON.stringify(body).slice(0, 300)}`);
}
