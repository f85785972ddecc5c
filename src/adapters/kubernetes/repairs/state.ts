import type { WorkloadState } from '../../../domain/ports/repairs.ts';
import { controllerState, stillThere } from '../../../domain/repair-actions/evicted-state.ts';
import { specOf, uidOf } from '../../../domain/repair-actions/kube-fields.ts';
import type { ObjectRef, Plan, WorkloadKind } from '../../../domain/repair-actions/plan.ts';
import { podTroubles } from '../../../domain/repair-actions/pod-troubles.ts';
import { workloadState } from '../../../domain/repair-actions/rollout-state.ts';
import { recordsAt } from '../../../domain/repair-actions/kube-fields.ts';
import { type Fields, fieldsAt, textAt } from '../../../domain/text/json-fields.ts';
import type { Objects } from './objects.ts';

/** How the workload of a plan stands now. */
export async function stateOf(objects: Objects, plan: Plan): Promise<WorkloadState> {
  if (plan.does === 'evict') {
    const there = stillThere(plan, await objects.find('Pod', plan.pod.name));
    if (there) return there;
    return plan.watched ? watchedState(objects, plan.watched) : controllerState(plan, await objects.list('Pod'));
  }
  if (plan.watched) return watchedState(objects, plan.watched);
  const { kind, name, uid } = plan.object;
  const object = await objects.find(kind, name);
  const there = object !== undefined && uidOf(object) === uid;
  return there ? { is: 'available', detail: `${kind} ${name} is there.` } : gone(plan.object);
}

async function watchedState(objects: Objects, watched: ObjectRef<WorkloadKind>): Promise<WorkloadState> {
  const object = await objects.find(watched.kind, watched.name);
  if (!object || uidOf(object) !== watched.uid) return gone(watched);
  const state = workloadState(watched.kind, object, []);
  if (state.is !== 'progressing' && state.is !== 'unavailable') return state;
  // Only now: a healthy workload of a thousand pods is told from itself alone.
  const pods = await objects.list('Pod', selectorOf(object));
  return workloadState(watched.kind, object, podTroubles(pods));
}

function gone({ kind, name }: ObjectRef): WorkloadState {
  return { is: 'gone', detail: `${kind} ${name} was deleted since the step was planned.` };
}

/** metav1.LabelSelector as the query takes it. */
function selectorOf(workload: Fields): string {
  const selector = fieldsAt(specOf(workload), 'selector');
  const equal = Object.entries(fieldsAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = recordsAt(selector, 'matchExpressions').map(expression => {
    const key = textAt(expression, 'key') ?? '';
    const values = Array.isArray(expression['values']) ? expression['values'].join(',') : '';
    switch (expression['operator']) {
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return `${key} ${expression['operator'] === 'NotIn' ? 'notin' : 'in'} (${values})`;
    }
  });
  return [...equal, ...expressions].join(',');
}
