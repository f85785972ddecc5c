import type { NamedStep, StepPlace } from '../../../domain/ports/repairs.ts';
import { controllerOf, nameOf, specOf, uidOf } from '../../../domain/repair-actions/kube-fields.ts';
import {
  type Decided,
  type ObjectRef,
  type PatchPlan,
  type Refusal,
  refused,
  type WorkloadKind,
} from '../../../domain/repair-actions/plan.ts';
import { plannedEviction } from '../../../domain/repair-actions/plan-eviction.ts';
import { plannedPatch, touches } from '../../../domain/repair-actions/plan-patch.ts';
import { podOwner } from '../../../domain/repair-actions/pod-owner.ts';
import type { World } from '../../../domain/repair-actions/world.ts';
import type { Fresh } from '../../../domain/repair-actions/write-patch.ts';
import { type Fields, fieldsAt, textAt } from '../../../domain/text/json-fields.ts';
import type { Objects } from './objects.ts';

interface Asked {
  readonly step: NamedStep;
  readonly at: StepPlace;
  readonly now: Date;
}

type Found = Refusal | { readonly is: 'found'; readonly kind: WorkloadKind; readonly object: Fields; readonly pod?: string };

/** These say in their paths which object they are about: a pod's owner is no place for them. */
const PATCHES: readonly string[] = ['update_config', 'patch_deployment', 'apply_hotfix'];

export async function planned(objects: Objects, asked: Asked): Promise<Refusal | Decided> {
  const { step } = asked;
  if (step.action === 'restart_container')
    return refused(
      'a running container cannot be restarted in place safely, and nothing else is done in its name: restart_pod restarts the pods of its workload one after the other, delete_pod one pod alone',
    );
  if (step.action === 'update_config' && step.parameters.configMap !== undefined)
    return plannedConfigMap(objects, asked, step.parameters.configMap);
  if (step.parameters.configMap !== undefined)
    return refused('parameters.configMap is for update_config alone: use that action, or leave it out');
  if (!step.target) return refused(`${step.action} does not say what it is done to: set target.kind and target.name`);
  if (step.action === 'delete_pod') return evictionPlanned(objects, step, step.target);
  const found = await workloadOf(objects, step, step.target);
  return found.is === 'refused' ? found : plannedWorkload(objects, asked, found);
}

async function evictionPlanned(
  objects: Objects,
  { action }: NamedStep,
  target: NonNullable<NamedStep['target']>,
): Promise<Refusal | Decided> {
  if (target.kind !== 'Pod')
    return refused(
      `delete_pod takes one Pod (target.kind: Pod, fromLabel: pod), and no ${target.kind}: for all its pods there is restart_pod`,
    );
  const pod = await objects.find('Pod', target.name);
  return pod ? plannedEviction(action, pod, await replicaSetOf(objects, pod)) : missing('Pod', target.name);
}

async function plannedWorkload(objects: Objects, { step, at, now }: Asked, found: Exclude<Found, Refusal>): Promise<Refusal | Decided> {
  const { kind, object, pod } = found;
  const scales = step.action === 'scale_up' || (step.parameters.patch ?? []).some(({ path }) => path === '/spec/replicas');
  const world: World = {
    kind,
    object,
    ...(scales && { autoscaler: await autoscalerOf(objects, { kind, name: nameOf(object) }) }),
    ...(step.action === 'rollback' && { replicaSets: await objects.list('ReplicaSet') }),
  };
  return plannedPatch(step, world, { gitOps: at.gitOps, now, pod });
}

async function plannedConfigMap(objects: Objects, { step, at, now }: Asked, name: string): Promise<Refusal | Decided> {
  const object = await objects.find('ConfigMap', name);
  if (!object) return missing('ConfigMap', name);
  const found = step.target && (await workloadOf(objects, { action: 'restart_pod' }, step.target));
  if (found?.is === 'refused') return found;
  const watched: ObjectRef<WorkloadKind> | undefined = found && { kind: found.kind, name: nameOf(found.object), uid: uidOf(found.object) };
  return plannedPatch(step, { kind: 'ConfigMap', object }, { gitOps: at.gitOps, now, watched });
}

async function workloadOf(
  objects: Objects,
  { action }: Pick<NamedStep, 'action'>,
  { kind, name }: NonNullable<NamedStep['target']>,
): Promise<Found> {
  if (kind !== 'Pod') {
    const object = await objects.find(kind, name);
    return object ? { is: 'found', kind, object } : missing(kind, name);
  }
  if (PATCHES.includes(action)) return refused(`${action} cannot be done to a Pod: name the workload whose pods are to change`);
  const pod = await objects.find('Pod', name);
  if (!pod) return missing('Pod', name);
  const owner = podOwner(pod, await replicaSetOf(objects, pod));
  if (owner.is === 'refused') return owner;
  const object = await objects.find(owner.kind, owner.name);
  return object ? { is: 'found', kind: owner.kind, object, pod: name } : missing(owner.kind, owner.name);
}

export async function replicaSetOf(objects: Objects, pod: Fields): Promise<Fields | undefined> {
  const controller = controllerOf(pod);
  return controller?.kind === 'ReplicaSet' ? objects.find('ReplicaSet', controller.name) : undefined;
}

function missing(kind: string, name: string): Refusal {
  return refused(`there is no ${kind} ${name} in the namespace: correct the target of the step, or wait until it is there`);
}

/** Doing what was planned, or taking it back. */
export type Direction = 'there' | 'back';

/** The object of a plan as it is now; undefined where it is gone. */
export async function freshOf(objects: Objects, plan: PatchPlan, direction: Direction): Promise<Fresh | undefined> {
  const { kind, name } = plan.object;
  const object = await objects.find(kind, name);
  if (!object) return undefined;
  const autoscaler = touches(plan.changes, 'replicas') ? await autoscalerOf(objects, plan.object) : undefined;
  const set = direction === 'there' ? plan.revisions?.to : plan.revisions?.from;
  return { world: { kind, object, autoscaler }, replicaSet: set && (await objects.find('ReplicaSet', set.replicaSet)) };
}

async function autoscalerOf(
  objects: Objects,
  { kind, name }: { readonly kind: string; readonly name: string },
): Promise<string | undefined> {
  const all = await objects.list('HorizontalPodAutoscaler');
  const own = all.find(autoscaler => {
    const target = fieldsAt(specOf(autoscaler), 'scaleTargetRef');
    return (
      textAt(target, 'kind') === kind && textAt(target, 'name') === name && (textAt(target, 'apiVersion') ?? 'apps/v1').startsWith('apps/')
    );
  });
  return own && nameOf(own);
}
