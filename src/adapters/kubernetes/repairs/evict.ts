import type { CarriedOut } from '../../../domain/ports/repairs.ts';
import { metadataOf, uidOf } from '../../../domain/repair-actions/kube-fields.ts';
import type { EvictionPlan } from '../../../domain/repair-actions/plan.ts';
import { plannedEviction } from '../../../domain/repair-actions/plan-eviction.ts';
import type { Fields } from '../../../domain/text/json-fields.ts';
import { type At, type Objects, objectsIn } from './objects.ts';
import { replicaSetOf } from './read-world.ts';
import { type Dry, evictionOf, send } from './writes.ts';

/** What the API server says in Retry-After of a budget that does not allow it now. */
const AGAIN_AFTER_MS = 10_000;

/** Evicts that very pod, unless it is on its way out already: then there is nothing to be done a second time. */
export async function evicted(at: At, plan: EvictionPlan, dry: Dry): Promise<CarriedOut> {
  const { name } = plan.pod;
  const objects = objectsIn(at);
  const pod = await stillEvictable(objects, plan);
  if (!pod) return { is: 'done', detail: `Pod ${name} is gone already, or on its way out.` };
  const decided = plannedEviction(plan.action, pod, await replicaSetOf(objects, pod));
  if (decided.is === 'refused') return decided;
  const sent = await send(at, evictionOf(plan.pod, { namespace: at.namespace, dry }));
  if (sent.is === 'taken')
    return { is: 'done', detail: `Pod ${name} was evicted; ${plan.controller.kind} ${plan.controller.name} makes another.` };
  if (sent.status === 429) return { is: 'waiting', reason: sent.words, retryAfterMs: sent.retryAfterMs ?? AGAIN_AFTER_MS };
  // Gone in between, or another of the same name stands there: both are what was wanted. Else it is looked at once more.
  if (!(await stillEvictable(objects, plan))) return { is: 'done', detail: `Pod ${name} went away meanwhile.` };
  return { is: 'waiting', reason: sent.words, retryAfterMs: AGAIN_AFTER_MS };
}

/** The pod of the plan, while nobody has deleted it. */
export async function stillEvictable(objects: Objects, { pod }: EvictionPlan): Promise<Fields | undefined> {
  const found = await objects.find('Pod', pod.name);
  return found && uidOf(found) === pod.uid && metadataOf(found)['deletionTimestamp'] === undefined ? found : undefined;
}
