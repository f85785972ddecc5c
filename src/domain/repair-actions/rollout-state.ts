import type { WorkloadState } from '../ports/repairs.ts';
import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { countAt, leaving, metadataOf, nameOf, recordsAt, specOf } from './kube-fields.ts';
import type { WorkloadKind } from './plan.ts';

/** How far a rollout is: `undefined` once it is over. A `stuck` one goes no further by itself. */
interface Progress {
  readonly stuck?: boolean;
  readonly detail: string;
}

/**
 * How a workload stands, by the rules of `kubectl rollout status` (kubectl pkg/polymorphichelpers/rollout_status.go); besides, one
 * without any pod is not available, whatever it asks for. `troubles` says of its pods why they are not ready: with any, it is
 * unavailable and not only on its way.
 */
export function workloadState(kind: WorkloadKind, object: Fields, troubles: readonly string[]): WorkloadState {
  const what = `${kind} ${nameOf(object)}`;
  const gone = leaving(what, object);
  if (gone !== undefined) return { is: 'gone', detail: `${gone}.` };
  if (specOf(object)['paused'] === true)
    return { is: 'paused', detail: `${what} is paused: kubectl rollout resume deployment/${nameOf(object)}.` };
  const progress = progressOf(kind, object);
  if (!progress) return { is: 'available', detail: `${what} is rolled out: all its ${wanted(kind, object)} pods are available.` };
  const why = troubles.length > 0 ? `: ${troubles.join('; ')}` : '';
  const is = (progress.stuck ?? false) || troubles.length > 0 ? 'unavailable' : 'progressing';
  return { is, detail: `${what}: ${progress.detail}${why}.` };
}

function wanted(kind: WorkloadKind, object: Fields): number {
  return kind === 'DaemonSet' ? countAt(fieldsAt(object, 'status'), 'desiredNumberScheduled') : countAt(specOf(object), 'replicas', 1);
}

function progressOf(kind: WorkloadKind, object: Fields): Progress | undefined {
  const status = fieldsAt(object, 'status');
  if (countAt(status, 'observedGeneration') < countAt(metadataOf(object), 'generation'))
    return { detail: 'its last change has not been looked at yet' };
  const want = wanted(kind, object);
  if (want === 0)
    return { stuck: true, detail: kind === 'DaemonSet' ? 'no node is one for its pods' : 'it is scaled to 0, and nothing runs' };
  switch (kind) {
    case 'Deployment':
      return ofDeployment(status, want);
    case 'StatefulSet':
      return ofStatefulSet(object, status, want);
    case 'DaemonSet':
      return stage(status, { want, updated: 'updatedNumberScheduled', available: 'numberAvailable' });
  }
}

function ofDeployment(status: Fields, want: number): Progress | undefined {
  const conditions = recordsAt(status, 'conditions');
  const condition = (type: string): Fields => conditions.find(each => each['type'] === type) ?? {};
  const open = stage(status, { want, updated: 'updatedReplicas', available: 'availableReplicas', all: 'replicas' });
  if (!open) return undefined;
  // Such as a quota or a LimitRange that refuses the pods: nobody else tells that.
  const failure = condition('ReplicaFailure');
  if (failure['status'] === 'True')
    return { stuck: true, detail: `${open.detail}: ${textAt(failure, 'message') ?? 'pods cannot be made'}` };
  const late = textAt(condition('Progressing'), 'reason') === 'ProgressDeadlineExceeded';
  return late ? { stuck: true, detail: `${open.detail}, and its rollout has exceeded its deadline` } : open;
}

function ofStatefulSet(object: Fields, status: Fields, want: number): Progress | undefined {
  const strategy = fieldsAt(specOf(object), 'updateStrategy');
  const partition = countAt(fieldsAt(strategy, 'rollingUpdate'), 'partition');
  const rolled = textAt(strategy, 'type') !== 'OnDelete';
  const whole = rolled && partition === 0 && textAt(status, 'updateRevision') !== textAt(status, 'currentRevision');
  const due = rolled ? want - partition : 0;
  const updated = countAt(status, 'updatedReplicas');
  // Once all are updated, the controller counts them as current ones and no longer as updated.
  if (whole || (partition > 0 && updated < due)) return { detail: `${updated} of ${due} pods are new` };
  return stage(status, { want, available: 'availableReplicas' });
}

interface Fieldnames {
  readonly want: number;
  readonly updated?: string;
  readonly available: string;
  readonly all?: string;
}

function stage(status: Fields, { want, updated, available, all }: Fieldnames): Progress | undefined {
  const news = updated === undefined ? want : countAt(status, updated);
  if (news < want) return { detail: `${news} of ${want} pods are new` };
  const old = all === undefined ? 0 : countAt(status, all) - news;
  if (old > 0) return { detail: `${old} pods of before are still there` };
  const ready = countAt(status, available);
  return ready < want ? { detail: `${ready} of ${want} pods are available` } : undefined;
}
