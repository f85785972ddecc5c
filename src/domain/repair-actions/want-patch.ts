import type { PatchOperation } from '../../crds/repairplaybook/step.ts';
import { canonicalJson } from '../rule/canonical-json.ts';
import { heldAs, shownHeld } from './held.ts';
import { patched } from './json-patch.ts';
import { patchPlace } from './patch-place.ts';
import { type Place, placeName, valueAt } from './place.ts';
import { type Change, type Refusal, refused } from './plan.ts';
import type { Want, World } from './world.ts';

/** The JSON Patch of a playbook, within what a playbook may patch. */
export const wantPatch: Want = ({ step: { parameters }, world, what }) => {
  const operations = parameters.patch ?? [];
  if (operations.length === 0) return refused('the step does not say what to change: set parameters.patch');
  if (world.kind === 'ConfigMap' && world.object['immutable'] === true)
    return refused(`${what} is immutable: make another ConfigMap, and patch the workload to use that`);
  const changes = changesBy(operations, world);
  if (!Array.isArray(changes)) return changes;
  if (changes.every(({ from, to }) => canonicalJson(from) === canonicalJson(to)))
    return refused(`${what} holds already what the patch would bring: there is nothing to change`);
  return { is: 'wanted', changes, operations, summary: `Patches ${what}: ${changes.map(told).join('; ')}` };
};

/** What the operations come to in this object, place by place. The containers' numbers are read as they stand in it. */
export function changesBy(operations: readonly PatchOperation[], world: World): Change[] | Refusal {
  const places: Place[] = [];
  for (const operation of operations) {
    const allowed = patchPlace(operation, world);
    if (allowed.is === 'refused') return allowed;
    const { place } = allowed;
    if (place && !places.some(other => JSON.stringify(other) === JSON.stringify(place))) places.push(place);
  }
  const after = patched(world.object, operations);
  if (after.is === 'refused') return after;
  return places.map(place => ({
    place,
    from: heldAs(place, valueAt(world.object, place)),
    to: heldAs(place, valueAt(after.value, place)),
  }));
}

function told({ place, from, to }: Change): string {
  const name = placeName(place);
  return from.is === 'hidden' || to.is === 'hidden' ? name : `${name} from ${shownHeld(from)} to ${shownHeld(to)}`;
}
