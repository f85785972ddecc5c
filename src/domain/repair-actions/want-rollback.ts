import { canonicalJson } from '../rule/canonical-json.ts';
import { type Fields, fieldsAt } from '../text/json-fields.ts';
import { heldAs } from './held.ts';
import { annotation, controllerOf, metadataOf, nameOf, specOf, uidOf } from './kube-fields.ts';
import type { Place } from './place.ts';
import { type Revision, refused } from './plan.ts';
import { RESTARTED_AT } from './want-restart.ts';
import type { Want } from './world.ts';

export const TEMPLATE: Place = ['spec', 'template'];

/**
 * To the template of the newest ReplicaSet before the one that is rolled out, as kubectl rollout undo; but restarts are no revisions to
 * go back to: what a restart came from is the same program.
 */
export const wantRollback: Want = ({ world, what }) => {
  if (world.kind !== 'Deployment')
    return refused(`${what} has no ReplicaSets to go back to: kubectl rollout undo ${world.kind.toLowerCase()}/${nameOf(world.object)}`);
  const template = fieldsAt(specOf(world.object), 'template');
  const own = (world.replicaSets ?? []).filter(set => controllerOf(set)?.uid === uidOf(world.object));
  const byAge = own.toSorted((a, b) => revisionOf(b) - revisionOf(a));
  const now = byAge.find(set => sameTemplate(templateOf(set), template));
  const before = byAge.find(set => (!now || revisionOf(set) < revisionOf(now)) && !sameProgram(templateOf(set), template));
  if (!before)
    return refused(
      `${what} has no earlier revision that differs in more than a restart (kubectl rollout history deployment/${nameOf(world.object)}): there is nothing to roll back to`,
    );
  return {
    is: 'wanted',
    changes: [{ place: TEMPLATE, from: heldAs(TEMPLATE, template), to: heldAs(TEMPLATE, templateOf(before)) }],
    revisions: { from: now && revision(now), to: revision(before) },
    summary: `Rolls ${what} back to the pod template of revision ${revisionOf(before)} (ReplicaSet ${nameOf(before)})`,
  };
};

/** The pod template of a ReplicaSet as its Deployment had it. */
export function templateOf(replicaSet: Fields): Fields {
  return without(fieldsAt(specOf(replicaSet), 'template'), 'labels', 'pod-template-hash');
}

function sameProgram(a: Fields, b: Fields): boolean {
  return sameTemplate(without(a, 'annotations', RESTARTED_AT), without(b, 'annotations', RESTARTED_AT));
}

function sameTemplate(a: Fields, b: Fields): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** The template without one of its labels or annotations; without the field where that was its only one. */
function without(template: Fields, field: 'labels' | 'annotations', key: string): Fields {
  const metadata = metadataOf(template);
  const { [key]: _, ...kept } = fieldsAt(metadata, field);
  const { [field]: __, ...others } = metadata;
  return { ...template, metadata: Object.keys(kept).length === 0 ? others : { ...others, [field]: kept } };
}

function revision(set: Fields): Revision {
  return { replicaSet: nameOf(set), uid: uidOf(set), revision: String(revisionOf(set)) };
}

function revisionOf(set: Fields): number {
  return Number(annotation(set, 'deployment.kubernetes.io/revision') ?? 0);
}
