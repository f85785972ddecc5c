import { inject } from 'vitest';
import { z } from 'zod';
import { type Cluster, cluster } from './cluster.ts';
import type { ControlPlaneOptions } from './control-plane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run hands out its control planes; see vitest-setup.ts. */
    controlPlaneDoor: string;
  }
}

const Answer = z.union([
  z.object({
    url: z.string(),
    caFile: z.string(),
    adminToken: z.string(),
    adminUser: z.string(),
    adminKubeconfig: z.string(),
    serviceAccountKeyFile: z.string().optional(),
  }),
  z.object({ failure: z.string() }),
]);

/**
 * The control plane that all test files of a run share, started when the first one asks; with KUBECONFIG set, the cluster it names.
 * Work in a `freshNamespace`. A test that kills or freezes the API server starts one of its own by `startControlPlane`.
 */
export async function sharedControlPlane({ workloads = false }: ControlPlaneOptions = {}): Promise<Cluster> {
  const response = await fetch(`${inject('controlPlaneDoor')}/${workloads ? 'workloads' : 'plain'}`);
  const answer = Answer.parse(await response.json());
  if ('failure' in answer) throw new Error(`no control plane to share: ${answer.failure}`);
  const { serviceAccountKeyFile, ...access } = answer;
  return cluster(serviceAccountKeyFile === undefined ? access : { ...access, serviceAccountKeyFile });
}
