import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { PatchOperation, StepTarget } from '../../crds/repairplaybook/step.ts';
import type { Held } from './held.ts';
import type { Place } from './place.ts';

export type WorkloadKind = Exclude<StepTarget['kind'], 'Pod'>;

/** An object in the namespace of the run. The uid tells it from one of the same name that was made anew. */
export interface ObjectRef<Kind extends string = string> {
  readonly kind: Kind;
  readonly name: string;
  readonly uid: string;
}

/** One place of an object, what it held when the step was planned, and what it is to hold. */
export interface Change {
  readonly place: Place;
  readonly from: Held;
  readonly to: Held;
}

/** A ReplicaSet of a Deployment, which holds the pod template of one revision. */
export interface Revision {
  readonly replicaSet: string;
  readonly uid: string;
  readonly revision: string;
}

export interface PatchPlan {
  readonly does: 'patch';
  readonly action: RepairAction;
  readonly object: ObjectRef<WorkloadKind | 'ConfigMap'>;
  readonly changes: readonly Change[];
  /** Where the new values come from, if not from the changes themselves. */
  readonly operations?: readonly PatchOperation[] | undefined;
  /** The template of `to` is written; that of `from` stood before. */
  readonly revisions?: { readonly from?: Revision | undefined; readonly to: Revision } | undefined;
  /** Whose state tells how it went. */
  readonly watched?: ObjectRef<WorkloadKind> | undefined;
}

export interface EvictionPlan {
  readonly does: 'evict';
  readonly action: RepairAction;
  readonly pod: { readonly name: string; readonly uid: string };
  /** Who makes another pod in its place. */
  readonly controller: ObjectRef;
  readonly watched?: ObjectRef<WorkloadKind> | undefined;
}

/** What a step does, recorded before it is done. It holds no value that may be a secret: it stands in the status of the run. */
export type Plan = PatchPlan | EvictionPlan;

/** By whose name the next pod is known to be of the same workload, as KIND/NAME. */
export function workloadOf(plan: Plan): string {
  const { kind, name } = plan.watched ?? (plan.does === 'evict' ? plan.controller : plan.object);
  return `${kind}/${name}`;
}

/** A thing that cannot or must not be done, and what a person can do. */
export interface Refusal {
  readonly is: 'refused';
  readonly reason: string;
}

export const refused = (reason: string): Refusal => ({ is: 'refused', reason });

/** A plan in one sentence for people. */
export interface Decided<P extends Plan = Plan> {
  readonly is: 'planned';
  readonly summary: string;
  readonly plan: P;
}

/** By what a step that was done is known again. */
export interface StepKey {
  readonly run: string;
  readonly step: number;
}
