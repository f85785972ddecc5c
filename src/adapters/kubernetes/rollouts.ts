import { z } from 'zod';
import type { Rollouts, WorkloadRef } from '../../domain/ports/rollouts.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';

const count = z.number().int().default(0);
const Workload = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().int(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({ replicas: z.number().int().default(1) }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
    })
    .prefault({}),
});
type Workload = z.infer<typeof Workload>;

const PLURAL = { Deployment: 'deployments', StatefulSet: 'statefulsets', DaemonSet: 'daemonsets' } as const;

/** Completed rollouts, by the rules of `kubectl rollout status` (kubectl pkg/polymorphichelpers/rollout_status.go). */
export function kubernetesRollouts(client: KubeClient): Rollouts {
  return {
    async completed(namespace, ref, signal) {
      try {
        const path = `/apis/apps/v1/namespaces/${namespace}/${PLURAL[ref.kind]}/${ref.name}`;
        return token(ref, Workload.parse(await client.request({ method: 'GET', path, signal })));
      } catch (err) {
        if (isNotFound(err)) return undefined;
        throw portFailure(err, `reading ${ref.kind} ${namespace}/${ref.name}`);
      }
    },
  };
}

/** With the uid: a workload that was deleted and made anew counts its revisions from 1 again. */
function token(ref: WorkloadRef, workload: Workload): string | undefined {
  const revision = completedRevision(ref, workload);
  return revision === undefined ? undefined : `${revision}@${workload.metadata.uid}`;
}

/** A change of the revision is a rollout; a change of the replica count is none. */
function completedRevision({ kind }: WorkloadRef, { metadata, spec, status }: Workload): string | undefined {
  if (status.observedGeneration < metadata.generation) return undefined;
  switch (kind) {
    case 'Deployment': {
      const done =
        status.updatedReplicas === spec.replicas && status.replicas === spec.replicas && status.availableReplicas === spec.replicas;
      return done ? metadata.annotations['deployment.kubernetes.io/revision'] : undefined;
    }
    case 'StatefulSet': {
      const done = status.updateRevision === status.currentRevision && status.availableReplicas === spec.replicas;
      return done ? status.updateRevision : undefined;
    }
    case 'DaemonSet': {
      const desired = status.desiredNumberScheduled;
      const done = status.updatedNumberScheduled === desired && status.numberAvailable === desired;
      return done ? metadata.annotations['deprecated.daemonset.template.generation'] : undefined;
    }
  }
}
