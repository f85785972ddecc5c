import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { Fields } from '../text/json-fields.ts';
import { type Controller, controllerOf, leaving, nameOf, uidOf } from './kube-fields.ts';
import { type Decided, type EvictionPlan, type ObjectRef, type Refusal, refused, type WorkloadKind } from './plan.ts';

/** Whether a pod may be evicted: only where somebody makes another in its place. `replicaSet` is its controller, where that is one. */
export function plannedEviction(action: RepairAction, pod: Fields, replicaSet: Fields | undefined): Refusal | Decided<EvictionPlan> {
  const name = nameOf(pod);
  const gone = leaving(`Pod ${name}`, pod);
  if (gone !== undefined) return refused(gone);
  const controller = controllerOf(pod);
  if (!controller) return refused(`Pod ${name} has no controller, and nothing would bring it back: a person must delete and apply it`);
  if (controller.kind === 'Node')
    return refused(`Pod ${name} is a static pod of node ${controller.name}: its kubelet runs it on whatever becomes of this object`);
  const watched = workloadOf(controller, replicaSet);
  return {
    is: 'planned',
    summary: `Evicts Pod ${name}, as far as its PodDisruptionBudgets allow; ${controller.kind} ${controller.name} makes another in its place.`,
    plan: {
      does: 'evict',
      action,
      pod: { name, uid: uidOf(pod) },
      controller: { kind: controller.kind, name: controller.name, uid: controller.uid },
      ...(watched && { watched }),
    },
  };
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

function workloadOf(controller: Controller, replicaSet: Fields | undefined): ObjectRef<WorkloadKind> | undefined {
  const owner = controller.kind === 'ReplicaSet' ? replicaSet && controllerOf(replicaSet) : controller;
  const kind = WORKLOADS.find(each => each === owner?.kind);
  return kind && owner && { kind, name: owner.name, uid: owner.uid };
}
