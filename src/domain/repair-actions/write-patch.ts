import type { GitOpsTerms } from '../../crds/repairplaybook/terms.ts';
import { canonicalJson } from '../rule/canonical-json.ts';
import type { Fields } from '../text/json-fields.ts';
import { recordedBefore } from './before.ts';
import { type Held, shownHeld, stillHolds } from './held.ts';
import { annotation, metadataOf, nameOf, uidOf } from './kube-fields.ts';
import { patched } from './json-patch.ts';
import { type Place, placeName, putting, type SentOperation, valueAt } from './place.ts';
import { type Change, type PatchPlan, type Refusal, refused, type Revision, type StepKey } from './plan.ts';
import { heldBack } from './plan-patch.ts';
import { changesBy } from './want-patch.ts';
import { TEMPLATE, templateOf } from './want-rollback.ts';
import type { World } from './world.ts';

/** On the object itself, written in the same request as the change: who did it. By it a change is known to be done. */
const REPAIR_STEP = 'awoooi.io/repair-step';
const MARKER: Place = ['metadata', 'annotations', REPAIR_STEP];

const markOf = ({ run, step }: StepKey): string => `${run}/${step}`;

/** The object as it is now, and what the plan needs besides. */
export interface Fresh {
  readonly world: World;
  /** The ReplicaSet whose template is written, where the plan names one and it is there. */
  readonly replicaSet?: Fields | undefined;
}

export type ToWrite = Refusal | { readonly is: 'done-before' } | { readonly is: 'write'; readonly operations: readonly SentOperation[] };

export function marked(object: Fields, key: StepKey): boolean {
  return annotation(object, REPAIR_STEP) === markOf(key);
}

/**
 * What is sent to do what was planned: only where the object is still as it was then, so that nobody's change of the meantime is written
 * over.
 */
export function toWrite(plan: PatchPlan, fresh: Fresh, terms: StepKey & { readonly gitOps: GitOpsTerms }): ToWrite {
  const { object } = fresh.world;
  const another = madeAnew(plan, object);
  if (another) return another;
  if (marked(object, terms)) return { is: 'done-before' };
  const held = heldBack(plan.changes, fresh.world, terms.gitOps);
  if (held.is === 'refused') return held;
  const moved = plan.changes.find(({ place, from }) => !stillHolds(from, place, valueAt(object, place)));
  if (moved) return changedMeanwhile(plan, moved, object);
  const values = newValues(plan, fresh);
  if (!Array.isArray(values)) return values;
  const before = plan.operations && recordedBefore(object, terms, plan.changes);
  return writing(object, [...values, ...(before ? [before] : []), [MARKER, markOf(terms)]]);
}

export function madeAnew(plan: PatchPlan, object: Fields): Refusal | undefined {
  const { kind, name, uid } = plan.object;
  return uidOf(object) === uid
    ? undefined
    : refused(`${kind} ${name} was deleted and made anew since the step was planned: ask for the repair again`);
}

export type Value = readonly [Place, unknown];

function newValues(plan: PatchPlan, { world, replicaSet }: Fresh): Value[] | Refusal {
  if (plan.revisions) return templateFrom(plan, { replicaSet, revision: plan.revisions.to, held: plan.changes[0]?.to });
  if (!plan.operations) return plan.changes.map(({ place, to }): Value => [place, to.is === 'value' ? to.value : undefined]);
  const now = changesBy(plan.operations, world);
  if (!Array.isArray(now)) return now;
  if (canonicalJson(now) !== canonicalJson(plan.changes))
    return refused(
      `the patch would do something else in ${plan.object.kind} ${plan.object.name} now than when it was planned: ask for the repair again`,
    );
  const after = patched(world.object, plan.operations);
  return after.is === 'refused' ? after : plan.changes.map(({ place }): Value => [place, valueAt(after.value, place)]);
}

interface TemplateSource {
  readonly replicaSet: Fields | undefined;
  readonly revision: Revision | undefined;
  /** What the template has to be. */
  readonly held: Held | undefined;
}

/** The template of a ReplicaSet that was named in the plan, where it is still the same. */
export function templateFrom(plan: PatchPlan, { replicaSet, revision, held }: TemplateSource): Value[] | Refusal {
  const template = replicaSet && uidOf(replicaSet) === revision?.uid ? templateOf(replicaSet) : undefined;
  if (!held || template === undefined || !stillHolds(held, TEMPLATE, template))
    return refused(
      `ReplicaSet ${revision?.replicaSet ?? '(unknown)'}, which holds the pod template to go back to, is gone: see kubectl rollout history deployment/${plan.object.name}`,
    );
  return [[TEMPLATE, template]];
}

function changedMeanwhile(plan: PatchPlan, { place, from, to }: Change, object: Fields): Refusal {
  const now = shownAt(place, object, from.is === 'hidden' || to.is === 'hidden');
  return refused(
    `${placeName(place)} of ${plan.object.kind} ${plan.object.name} is ${now} and no longer ${shownHeld(from)}, as when the step was planned: somebody has changed it since, and it is left so`,
  );
}

export function shownAt(place: Place, object: Fields, hidden: boolean): string {
  const value = valueAt(object, place);
  if (value === undefined) return 'nothing';
  return hidden ? 'another value' : shownHeld({ is: 'value', value });
}

/** The operations, and what makes the API server refuse them (409) where the object is another than the one that was read. */
export function writing(object: Fields, values: readonly Value[]): ToWrite {
  const operations: SentOperation[] = ['uid', 'resourceVersion'].map(field => ({
    op: 'replace',
    path: `/metadata/${field}`,
    value: metadataOf(object)[field],
  }));
  let current: unknown = object;
  for (const [place, value] of values) {
    const operation = putting(current, place, value);
    // Taken away already: nothing to send.
    if (!operation && value === undefined) continue;
    if (!operation) return refused(`${nameOf(object)} has no ${placeName(place)} any more`);
    operations.push(operation);
    const after = patched(current, [operation]);
    if (after.is === 'refused') return after;
    current = after.value;
  }
  return { is: 'write', operations };
}
