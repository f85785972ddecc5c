import type { CarriedOut, StepPlace } from '../../../domain/ports/repairs.ts';
import { shownHeld } from '../../../domain/repair-actions/held.ts';
import { nameOf } from '../../../domain/repair-actions/kube-fields.ts';
import { placeName } from '../../../domain/repair-actions/place.ts';
import { type PatchPlan, type Refusal, refused } from '../../../domain/repair-actions/plan.ts';
import { toUndo } from '../../../domain/repair-actions/undo-patch.ts';
import { type ToWrite, toWrite } from '../../../domain/repair-actions/write-patch.ts';
import { type At, objectsIn } from './objects.ts';
import { type Direction, freshOf } from './read-world.ts';
import { type Dry, patchOf, send } from './writes.ts';

/** A rollout writes the status of its workload several times a second; a change by somebody else is a rare one. */
const MOST_TRIES = 6;
const AGAIN_AFTER_MS = 2_000;

export interface Patching {
  readonly plan: PatchPlan;
  readonly place: StepPlace;
  readonly direction: Direction;
  readonly dry: Dry;
}

export interface Patched {
  readonly told: CarriedOut;
  /** The object as the API server wrote it, or would have. */
  readonly answer?: unknown;
}

/** Reads, decides and writes on what was read; where somebody wrote in between (409), once more from the beginning. */
export async function carriedPatch(at: At, patching: Patching): Promise<Patched> {
  const { plan, place, direction, dry } = patching;
  const objects = objectsIn(at);
  let last = '';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const fresh = await freshOf(objects, plan, direction);
    if (!fresh) return { told: gone(plan) };
    const decided: ToWrite = direction === 'there' ? toWrite(plan, fresh, place) : toUndo(plan, fresh, place);
    if (decided.is === 'refused') return { told: decided };
    if (decided.is === 'done-before') return { told: { is: 'done', detail: before(plan, direction) } };
    const ref = { ...plan.object, name: nameOf(fresh.world.object) };
    const sent = await send(at, patchOf(ref, decided.operations, { namespace: at.namespace, dry }));
    if (sent.is === 'taken') return { told: { is: 'done', detail: told(plan, direction) }, answer: sent.answer };
    last = sent.words;
    if (sent.status === 429) return { told: { is: 'waiting', reason: last, retryAfterMs: sent.retryAfterMs ?? AGAIN_AFTER_MS } };
  }
  return { told: { is: 'waiting', reason: `others write to it all the time: ${last}`, retryAfterMs: AGAIN_AFTER_MS } };
}

function gone({ object }: PatchPlan): Refusal {
  return refused(`${object.kind} ${object.name} was deleted since the step was planned: there is nothing left to repair`);
}

function before({ object }: PatchPlan, direction: Direction): string {
  const done = direction === 'there' ? 'This step has changed it already' : 'It holds already what it held before the step';
  return `${done}: ${object.kind} ${object.name}.`;
}

function told({ object, changes }: PatchPlan, direction: Direction): string {
  const all = changes.map(({ place, from, to }) => {
    const held = direction === 'there' ? to : from;
    return held.is === 'hidden' ? placeName(place) : `${placeName(place)} is ${shownHeld(held)} now`;
  });
  return `${object.kind} ${object.name} was ${direction === 'there' ? 'changed' : 'changed back'}: ${all.join('; ')}.`;
}
