import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { GitOpsTerms } from '../../crds/repairplaybook/terms.ts';
import type { NamedStep } from '../ports/repairs.ts';
import { leaving, nameOf, specOf, uidOf } from './kube-fields.ts';
import { mayChange } from './ownership.ts';
import { type Change, type Decided, type ObjectRef, type PatchPlan, type Refusal, refused, type WorkloadKind } from './plan.ts';
import { keptFromPods } from './rolls-out.ts';
import { wantPatch } from './want-patch.ts';
import { wantResources } from './want-resources.ts';
import { wantRestart } from './want-restart.ts';
import { wantRollback } from './want-rollback.ts';
import { wantScale } from './want-scale.ts';
import type { Want, World } from './world.ts';

const WANTS: Readonly<Partial<Record<RepairAction, Want>>> = {
  restart_pod: wantRestart,
  scale_up: wantScale,
  increase_memory: wantResources,
  increase_cpu: wantResources,
  adjust_limits: wantResources,
  rollback: wantRollback,
  update_config: wantPatch,
  patch_deployment: wantPatch,
  apply_hotfix: wantPatch,
};

export interface PlanTerms {
  readonly gitOps: GitOpsTerms;
  readonly now: Date;
  /** Where the step names a Pod: which. */
  readonly pod?: string | undefined;
  /** Whose state tells how it went, where that is not the object itself. */
  readonly watched?: ObjectRef<WorkloadKind> | undefined;
}

/** What exactly a step changes of the object, or why it must not. An action that changes no object is a mistake of the caller. */
export function plannedPatch(step: NamedStep, world: World, terms: PlanTerms): Refusal | Decided<PatchPlan> {
  const want = WANTS[step.action];
  if (!want) throw new Error(`${step.action} changes no object`);
  const { kind, object } = world;
  const what = `${kind} ${nameOf(object)}`;
  const wanted = want({ step, world, what, now: terms.now });
  if (wanted.is === 'refused') return wanted;
  const { summary, changes, operations, revisions } = wanted;
  const held = heldBack(changes, world, terms.gitOps);
  if (held.is === 'refused') return held;
  const own = { kind, name: nameOf(object), uid: uidOf(object) };
  const watched = kind === 'ConfigMap' ? terms.watched : { ...own, kind };
  const forPod = terms.pod === undefined ? '' : ` (by its Pod ${terms.pod})`;
  return {
    is: 'planned',
    summary: `${summary}${forPod}${held.note}.`,
    plan: {
      does: 'patch',
      action: step.action,
      object: own,
      changes,
      ...(operations && { operations }),
      ...(revisions && { revisions }),
      ...(watched && { watched }),
    },
  };
}

/** What speaks against changing these places of the object, whatever the action: asked again just before they are written. */
export function heldBack(
  changes: readonly Change[],
  { kind, object, autoscaler }: World,
  gitOps: GitOpsTerms,
): ReturnType<typeof mayChange> {
  const what = `${kind} ${nameOf(object)}`;
  const gone = leaving(what, object);
  if (gone !== undefined) return refused(gone);
  const scales = touches(changes, 'replicas');
  if (scales && autoscaler !== undefined)
    return refused(
      `the HorizontalPodAutoscaler ${autoscaler} owns the replicas of ${what}: raise its maxReplicas (kubectl edit hpa ${autoscaler})`,
    );
  if (kind !== 'ConfigMap') {
    const kept = touches(changes, 'template') || specOf(object)['paused'] === true ? keptFromPods(kind, object) : undefined;
    if (kept !== undefined) return refused(kept);
  }
  return mayChange({ kind, object, gitOps });
}

/** Whether any of the places lies in this field of the spec. */
export function touches(changes: readonly Change[], field: 'replicas' | 'template'): boolean {
  return changes.some(({ place }) => place[0] === 'spec' && place[1] === field);
}
