import { isRecord, parsedJson } from '../text/json.ts';
import type { Fields } from '../text/json-fields.ts';
import { annotation } from './kube-fields.ts';
import { type Place, valueAt } from './place.ts';
import type { Change, StepKey } from './plan.ts';

/**
 * On the object itself: what the places held that a run has patched. What may be a secret is kept nowhere else, so that nobody can read it
 * who could not read it before.
 */
const REPAIR_BEFORE = 'awoooi.io/repair-before';
const PLACE: Place = ['metadata', 'annotations', REPAIR_BEFORE];

/** All annotations of an object together may have 256 KiB. */
const MOST_CHARACTERS = 64 * 1024;

/** The annotation with what these places hold now beside what earlier steps of the run found; undefined where it were too large. */
export function recordedBefore(object: Fields, { run, step }: StepKey, changes: readonly Change[]): readonly [Place, unknown] | undefined {
  const was = changes.map(({ place }) => valueAt(object, place) ?? null);
  const text = JSON.stringify({ run, was: { ...earlier(object, run), [String(step)]: was } });
  return text.length > MOST_CHARACTERS ? undefined : [PLACE, text];
}

/** What the places of the plan's changes held before the step, in their order. Undefined where that is not known. */
export function heldBefore(object: Fields, { run, step }: StepKey): readonly unknown[] | undefined {
  const was = earlier(object, run)[String(step)];
  return Array.isArray(was) ? was.map((value: unknown) => value ?? undefined) : undefined;
}

function earlier(object: Fields, run: string): Fields {
  const recorded = parsedJson(annotation(object, REPAIR_BEFORE) ?? '');
  return isRecord(recorded) && recorded['run'] === run && isRecord(recorded['was']) ? recorded['was'] : {};
}
