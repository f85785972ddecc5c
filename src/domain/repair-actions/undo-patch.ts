import type { Fields } from '../text/json-fields.ts';
import { heldBefore } from './before.ts';
import { shownHeld, stillHolds } from './held.ts';
import { leaving } from './kube-fields.ts';
import { placeName, valueAt } from './place.ts';
import { type PatchPlan, type Plan, type Refusal, refused, type StepKey } from './plan.ts';
import { type Fresh, madeAnew, shownAt, templateFrom, type ToWrite, type Value, writing } from './write-patch.ts';

/** Whether a step of this kind can be taken back at all. */
export function undoable(plan: Plan): Refusal | { readonly is: 'undoable'; readonly plan: PatchPlan } {
  if (plan.does === 'evict') return refused(`Pod ${plan.pod.name} is gone: an eviction cannot be taken back`);
  if (plan.action === 'restart_pod') return refused('a restart cannot be taken back, and leaves nothing behind that would have to be');
  return { is: 'undoable', plan };
}

/** What is sent to take a patch back: only where every place holds what the step wrote. */
export function toUndo(plan: PatchPlan, fresh: Fresh, key: StepKey): ToWrite {
  const { object } = fresh.world;
  const another = madeAnew(plan, object);
  if (another) return another;
  const gone = leaving(`${plan.object.kind} ${plan.object.name}`, object);
  if (gone !== undefined) return refused(gone);
  if (plan.changes.every(({ place, from }) => stillHolds(from, place, valueAt(object, place)))) return { is: 'done-before' };
  const other = plan.changes.find(({ place, to }) => !stillHolds(to, place, valueAt(object, place)));
  if (other) {
    const now = shownAt(other.place, object, other.from.is === 'hidden' || other.to.is === 'hidden');
    return refused(
      `${placeName(other.place)} of ${plan.object.kind} ${plan.object.name} is ${now} and not ${shownHeld(other.to)}, which the step wrote: somebody has changed it since, and it is left so`,
    );
  }
  if (fresh.world.autoscaler !== undefined)
    return refused(
      `the HorizontalPodAutoscaler ${fresh.world.autoscaler} owns the replicas of ${plan.object.name} by now: it decides them`,
    );
  const values = oldValues(plan, fresh, key);
  return Array.isArray(values) ? writing(object, values) : values;
}

function oldValues(plan: PatchPlan, { world, replicaSet }: Fresh, key: StepKey): Value[] | Refusal {
  if (plan.revisions) return templateFrom(plan, { replicaSet, revision: plan.revisions.from, held: plan.changes[0]?.from });
  if (!plan.operations) return plan.changes.map(({ place, from }): Value => [place, from.is === 'value' ? from.value : undefined]);
  return recordedValues(plan, world.object, key);
}

function recordedValues(plan: PatchPlan, object: Fields, key: StepKey): Value[] | Refusal {
  const was = heldBefore(object, key);
  const values = plan.changes.map(({ place }, index): Value => [place, was?.[index]]);
  if (!was || values.some(([place, value], index) => !plan.changes[index] || !stillHolds(plan.changes[index].from, place, value)))
    return refused(`what ${plan.object.kind} ${plan.object.name} held before the patch is not on record any more: set it by hand`);
  return values;
}
