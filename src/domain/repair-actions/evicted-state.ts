import type { WorkloadState } from '../ports/repairs.ts';
import { type Fields, fieldsAt } from '../text/json-fields.ts';
import { controllerOf, metadataOf, nameOf, recordsAt, uidOf } from './kube-fields.ts';
import type { EvictionPlan } from './plan.ts';
import { podTroubles } from './pod-troubles.ts';

/** The pod itself, while it is still there: by its finalizers it may stay for good. */
export function stillThere({ pod }: EvictionPlan, found: Fields | undefined): WorkloadState | undefined {
  if (!found || uidOf(found) !== pod.uid) return undefined;
  if (metadataOf(found)['deletionTimestamp'] === undefined)
    return { is: 'progressing', detail: `Pod ${pod.name} has not been evicted yet.` };
  const [held] = podTroubles([found]);
  return held === undefined
    ? { is: 'progressing', detail: `Pod ${pod.name} is on its way out.` }
    : {
        is: 'unavailable',
        detail: `${held}: whoever set them must let it go, or a person takes them away (kubectl edit pod ${pod.name}).`,
      };
}

/** Of a controller that is no workload of Kubernetes itself, its pods tell how it stands. */
export function controllerState({ controller }: EvictionPlan, pods: readonly Fields[]): WorkloadState {
  const what = `${controller.kind} ${controller.name}`;
  const own = pods.filter(pod => controllerOf(pod)?.uid === controller.uid);
  const waiting = own.filter(pod => !isReady(pod));
  if (own.length > 0 && waiting.length === 0) return { is: 'available', detail: `All ${own.length} pods of ${what} are ready.` };
  const troubles = podTroubles(own);
  if (troubles.length > 0) return { is: 'unavailable', detail: `${what}: ${troubles.join('; ')}.` };
  const detail = own.length === 0 ? `${what} has made no pod yet.` : `${what}: Pod ${nameOf(waiting[0] ?? {})} is not ready yet.`;
  return { is: 'progressing', detail };
}

/** A pod of a Job that has done its work counts as ready. */
function isReady(pod: Fields): boolean {
  const status = fieldsAt(pod, 'status');
  return (
    status['phase'] === 'Succeeded' || recordsAt(status, 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}
