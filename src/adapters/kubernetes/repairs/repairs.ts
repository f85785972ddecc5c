import { ACTIONS_BY_TIER } from '../../../crds/repairplaybook/action.ts';
import { PortError } from '../../../domain/ports/port-error.ts';
import type { CarriedOut, PlannedStep, Repairs, SeenDone, StepPlace } from '../../../domain/ports/repairs.ts';
import { stillHolds } from '../../../domain/repair-actions/held.ts';
import { label, uidOf } from '../../../domain/repair-actions/kube-fields.ts';
import { valueAt } from '../../../domain/repair-actions/place.ts';
import type { PatchPlan } from '../../../domain/repair-actions/plan.ts';
import { undoable } from '../../../domain/repair-actions/undo-patch.ts';
import { marked } from '../../../domain/repair-actions/write-patch.ts';
import { isRecord } from '../../../domain/text/json.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { isNotFound, portFailure } from '../port-failure.ts';
import { carriedPatch } from './carry-patch.ts';
import { evicted, stillEvictable } from './evict.ts';
import { type At, objectsIn, type Objects } from './objects.ts';
import { planOf, recorded } from './plan-text.ts';
import { planned } from './read-world.ts';
import { stateOf } from './state.ts';
import { refusedPod } from './try-pod.ts';

/** On a namespace: what is in it may be repaired. */
const ENABLED = { label: 'awoooi.io/repair', value: 'enabled' };

const FOR_PEOPLE: readonly string[] = ACTIONS_BY_TIER[4];

/**
 * Repairs by the Kubernetes API, actions of tiers 1 to 3; what people are to do (tier 4) belongs to another implementation, and asking
 * for it here is a mistake in the program. A namespace whose labels may not be read throws `forbidden` from isEnabled, so that the
 * missing right is told: whoever asks takes that for a no.
 */
export function kubernetesRepairs(client: KubeClient): Repairs {
  const at = ({ namespace }: StepPlace, signal: AbortSignal): At => ({ client, namespace, signal });
  return {
    async plan(step, place, { now, signal }) {
      if (FOR_PEOPLE.includes(step.action)) throw new Error(`${step.action} is not done by the Kubernetes API`);
      const decided = await planned(objectsIn(at(place, signal)), { step, at: place, now });
      return decided.is === 'refused' ? decided : { is: 'planned', step: recorded(decided) };
    },
    dryRun: (step, place, signal) => dryRun(at(place, signal), step, place),
    async carryOut(step, place, signal) {
      const plan = planOf(step);
      if (plan.does === 'evict') return evicted(at(place, signal), plan, 'wet');
      return (await carriedPatch(at(place, signal), { plan, place, direction: 'there', dry: 'wet' })).told;
    },
    async seen(step, place, signal) {
      const plan = planOf(step);
      const objects = objectsIn(at(place, signal));
      // Who deleted the pod cannot be told from the world; that it was deleted is what the step wanted.
      if (plan.does === 'evict') return (await stillEvictable(objects, plan)) ? 'not-done' : 'done';
      return seenPatch(objects, plan, place);
    },
    async undo(step, place, signal) {
      const undoing = undoable(planOf(step));
      if (undoing.is === 'refused') return undoing;
      const back = { plan: undoing.plan, place, direction: 'back' } as const;
      const { told } = await carriedPatch(at(place, signal), { ...back, dry: 'dry' });
      return told.is === 'done' ? (await carriedPatch(at(place, signal), { ...back, dry: 'wet' })).told : told;
    },
    state: (step, place, signal) => stateOf(objectsIn(at(place, signal)), planOf(step)),
    isEnabled: (namespace, signal) => isEnabled(client, namespace, signal),
  };
}

/** A no of the API server is an answer here, in its own words; a right that we lack is a failure. */
async function dryRun(at: At, step: PlannedStep, place: StepPlace): ReturnType<Repairs['dryRun']> {
  const plan = planOf(step);
  try {
    if (plan.does === 'evict') return refusedOrFine(await evicted(at, plan, 'dry'));
    const { told, answer } = await carriedPatch(at, { plan, place, direction: 'there', dry: 'dry' });
    if (told.is === 'refused') return told;
    const reason = await refusedPod(at, plan, answer);
    return reason === undefined ? { is: 'fine' } : { is: 'refused', reason };
  } catch (err) {
    if (err instanceof PortError && err.fault === 'rejected') return { is: 'refused', reason: err.message };
    throw err;
  }
}

/** What has to wait now may well be done when its turn comes. */
function refusedOrFine(told: CarriedOut): Awaited<ReturnType<Repairs['dryRun']>> {
  return told.is === 'refused' ? told : { is: 'fine' };
}

async function seenPatch(objects: Objects, plan: PatchPlan, place: StepPlace): Promise<SeenDone> {
  const object = await objects.find(plan.object.kind, plan.object.name);
  if (!object || uidOf(object) !== plan.object.uid) return 'unknown';
  if (marked(object, place)) return 'done';
  const untouched = plan.changes.every(({ place, from }) => stillHolds(from, place, valueAt(object, place)));
  return untouched ? 'not-done' : 'unknown';
}

async function isEnabled(client: KubeClient, namespace: string, signal: AbortSignal): Promise<boolean> {
  try {
    const found = await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}`, signal });
    return isRecord(found) && label(found, ENABLED.label) === ENABLED.value;
  } catch (err) {
    if (isNotFound(err)) return false;
    throw portFailure(err, `reading namespace ${namespace}, whose label ${ENABLED.label}=${ENABLED.value} allows repairs`);
  }
}
