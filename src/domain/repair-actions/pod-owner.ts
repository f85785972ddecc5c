import type { Fields } from '../text/json-fields.ts';
import { controllerOf, leaving, nameOf } from './kube-fields.ts';
import { type Refusal, refused, type WorkloadKind } from './plan.ts';

export type PodOwner = Refusal | { readonly is: 'workload'; readonly kind: WorkloadKind; readonly name: string };

/** Which workload a pod is of, for what is done to workloads. `replicaSet` is its controller, where that is one and there. */
export function podOwner(pod: Fields, replicaSet: Fields | undefined): PodOwner {
  const what = `Pod ${nameOf(pod)}`;
  const gone = leaving(what, pod);
  if (gone !== undefined) return refused(gone);
  const owner = controllerOf(pod);
  if (!owner) return refused(`${what} has no controller that would make it anew: a person must delete and apply it`);
  switch (owner.kind) {
    case 'StatefulSet':
    case 'DaemonSet':
      return { is: 'workload', kind: owner.kind, name: owner.name };
    case 'Job':
      return refused(`${what} is of Job ${owner.name}, which runs once: delete the Job and apply it again`);
    case 'ReplicaSet':
      return ofReplicaSet(what, owner.name, replicaSet);
    default:
      return refused(
        `${what} is made by ${owner.kind} ${owner.name}, which is none of Deployment, StatefulSet and DaemonSet: repair that by its own means`,
      );
  }
}

function ofReplicaSet(what: string, name: string, replicaSet: Fields | undefined): PodOwner {
  if (!replicaSet)
    return refused(`${what} is of ReplicaSet ${name}, which is not there any more: see which Deployment has taken its place`);
  const owner = controllerOf(replicaSet);
  if (owner?.kind === 'Deployment') return { is: 'workload', kind: 'Deployment', name: owner.name };
  const by = owner ? `${owner.kind} ${owner.name}` : 'nobody';
  return refused(`${what} is of ReplicaSet ${name}, which is made by ${by}, not by a Deployment: repair that by its own means`);
}
