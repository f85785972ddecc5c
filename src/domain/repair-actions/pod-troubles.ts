import { excerpt } from '../text/excerpt.ts';
import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { finalizersOf, metadataOf, nameOf, recordsAt } from './kube-fields.ts';

/** What a container waits for that does not come by itself. `ContainerCreating` and `PodInitializing` do. */
const STUCK = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const MOST_SHOWN = 3;

/** Why pods are not ready, one sentence for each kind of trouble, with one pod as its example. */
export function podTroubles(pods: readonly Fields[]): readonly string[] {
  const byTrouble = new Map<string, string[]>();
  for (const pod of pods) {
    const trouble = troubleOf(pod);
    if (trouble !== undefined) byTrouble.set(trouble, [...(byTrouble.get(trouble) ?? []), nameOf(pod)]);
  }
  const told = [...byTrouble].map(([trouble, [first = '', ...others]]) => {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return `Pod ${first} ${trouble}${more}`;
  });
  return told.slice(0, MOST_SHOWN);
}

function troubleOf(pod: Fields): string | undefined {
  if (metadataOf(pod)['deletionTimestamp'] !== undefined) {
    const finalizers = finalizersOf(pod);
    return finalizers.length > 0 ? `is being deleted and held by its finalizers ${finalizers.join(', ')}` : undefined;
  }
  const status = fieldsAt(pod, 'status');
  const scheduled = recordsAt(status, 'conditions').find(({ type }) => type === 'PodScheduled') ?? {};
  if (textAt(scheduled, 'reason') === 'Unschedulable') return `cannot be scheduled: ${excerpt(textAt(scheduled, 'message') ?? '')}`;
  const containers = [...recordsAt(status, 'initContainerStatuses'), ...recordsAt(status, 'containerStatuses')];
  for (const container of containers) {
    const waiting = textAt(fieldsAt(fieldsAt(container, 'state'), 'waiting'), 'reason');
    if (waiting !== undefined && STUCK.has(waiting)) return `has container ${textAt(container, 'name')} in ${waiting}`;
  }
  return undefined;
}
