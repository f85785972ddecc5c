import { PortError } from '../../../domain/ports/port-error.ts';
import { nameOf, recordsAt, specOf } from '../../../domain/repair-actions/kube-fields.ts';
import type { PatchPlan } from '../../../domain/repair-actions/plan.ts';
import { type Fields, fieldsAt, textAt } from '../../../domain/text/json-fields.ts';
import { isRecord } from '../../../domain/text/json.ts';
import type { At } from './objects.ts';
import { allowed, podTrial, send } from './writes.ts';

/**
 * LimitRanges and quotas hold pods, not the workloads that make them: so a pod of the new template is tried, and never made. Returns the
 * API server's words where it refuses. Without the right to create pods nothing is tried; the workload's state then tells.
 */
export async function refusedPod(at: At, plan: PatchPlan, answer: unknown): Promise<string | undefined> {
  if (!asksForMore(plan) || !isRecord(answer)) return undefined;
  if (!(await allowed(at, { verb: 'create', kind: 'Pod' }))) return undefined;
  try {
    const sent = await send(at, podTrial(podOf(answer), at.namespace));
    return sent.is === 'asked-again' && sent.status !== 429 ? sent.words : undefined;
  } catch (err) {
    if (err instanceof PortError && err.fault === 'rejected') return err.message;
    throw err;
  }
}

function asksForMore({ changes }: PatchPlan): boolean {
  return changes.some(({ place }) => place.includes('resources') || place.includes('replicas'));
}

function podOf(workload: Fields): object {
  const spec = specOf(workload);
  const template = fieldsAt(spec, 'template');
  const { labels, annotations } = fieldsAt(template, 'metadata');
  const podSpec = specOf(template);
  // A StatefulSet puts its claims in as volumes; without them its mounts would name nothing.
  const claims = recordsAt(spec, 'volumeClaimTemplates').map(claim => ({
    name: textAt(fieldsAt(claim, 'metadata'), 'name'),
    emptyDir: {},
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: `${nameOf(workload)}-`, labels, annotations },
    spec: { ...podSpec, volumes: [...recordsAt(podSpec, 'volumes'), ...claims] },
  };
}
