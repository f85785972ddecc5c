import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { countAt, nameOf, specOf } from './kube-fields.ts';
import type { WorkloadKind } from './plan.ts';

/** Why a change of the pod template would reach no pod; undefined where it rolls out. */
export function keptFromPods(kind: WorkloadKind, object: Fields): string | undefined {
  const spec = specOf(object);
  const what = `${kind} ${nameOf(object)}`;
  const resume = `kubectl rollout resume deployment/${nameOf(object)}`;
  if (kind === 'Deployment') return spec['paused'] === true ? `${what} is paused, and nothing rolls out: ${resume}` : undefined;
  const strategy = fieldsAt(spec, 'updateStrategy');
  if (textAt(strategy, 'type') === 'OnDelete')
    return `${what} has the updateStrategy OnDelete: its pods take a change only when each is deleted (delete_pod does that, one by one)`;
  const partition = countAt(fieldsAt(strategy, 'rollingUpdate'), 'partition');
  const all = kind === 'StatefulSet' && partition > 0 && partition >= countAt(spec, 'replicas', 1);
  return all
    ? `${what} has a partition of ${partition}, which keeps a change from every pod: lower spec.updateStrategy.rollingUpdate.partition`
    : undefined;
}
