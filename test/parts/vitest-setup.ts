import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { TestProject } from 'vitest/node';
import type { ClusterAccess } from './cluster.ts';
import { kubernetesFolder } from './control-plane-version.ts';
import { startControlPlane } from './control-plane.ts';
import { externalCluster } from './external-cluster.ts';
import { bundleProgram } from './program.ts';

type Stop = () => Promise<void>;

/**
 * Opens a door on loopback at which test files ask for a control plane. Each of the two sorts is started once, when first asked for,
 * so that a run of unit tests alone starts none.
 */
export async function setup(project: TestProject): Promise<Stop> {
  expectOneHome();
  // For API servers, kubectl and the others that are written in Go: memory is plentiful here, and processors are not.
  process.env['GOGC'] ??= '300';
  await bundleProgram();
  const stops: Stop[] = [];
  const plain = lazily(() => start(false, stops));
  const workloads = lazily(() => start(true, stops));
  const door = createServer((request, response) => {
    const access = request.url === '/workloads' ? workloads() : plain();
    access
      .catch((err: unknown) => ({ failure: String(err) }))
      .then(answer => response.end(JSON.stringify(answer)))
      .catch(() => response.destroy());
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  project.provide('controlPlaneDoor', `http://127.0.0.1:${portOf(door)}`);
  return async () => {
    door.close();
    door.closeAllConnections();
    // One that is still starting is ours to stop as well.
    await Promise.allSettled([plain.begun(), workloads.begun()]);
    await Promise.all(stops.map(stop => stop()));
  };
}

/** Says at once, and not in each test, that what was asked for cannot be had. */
function expectOneHome(): void {
  const { K8S = '', KUBECONFIG = '' } = process.env;
  kubernetesFolder(K8S);
  if (K8S !== '' && KUBECONFIG !== '')
    throw new Error(
      `K8S=${K8S} asks for a control plane of our own, KUBECONFIG=${KUBECONFIG} for a cluster that runs already: set one of them.`,
    );
}

async function start(workloads: boolean, stops: Stop[]): Promise<ClusterAccess> {
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig !== undefined && kubeconfig !== '') return externalCluster(kubeconfig);
  const plane = await startControlPlane({ workloads });
  stops.push(() => plane.stop());
  const { url, caFile, adminToken, adminUser, adminKubeconfig, serviceAccountKeyFile } = plane;
  return { url, caFile, adminToken, adminUser, adminKubeconfig, ...(serviceAccountKeyFile === undefined ? {} : { serviceAccountKeyFile }) };
}

interface Lazy<T> {
  (): Promise<T>;
  /** What was begun, if anything was. */
  begun(): Promise<T> | undefined;
}

function lazily<T>(begin: () => Promise<T>): Lazy<T> {
  let value: Promise<T> | undefined;
  return Object.assign(() => (value ??= begin()), { begun: () => value });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  return address.port;
}
