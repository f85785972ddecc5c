import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { WorkloadRef } from '../../domain/ports/rollouts.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Emission } from '../../kube/reconcile.ts';
import type { ProbeDeps } from './deps.ts';

/** How often a probe with afterRollout looks at its workloads. */
export const ROLLOUT_POLL_MS = 5000;

export interface ObservedRollouts {
  /** `Kind/name` to the token of its completed rollout; empty where none is seen complete; not there where it could not be read. */
  readonly completed: Readonly<Record<string, string>>;
  readonly events: readonly Emission[];
}

/** The completed rollouts of the workloads that a probe follows. One that cannot be read is an event and never holds up the schedule. */
export async function observedRollouts(
  { spec, metadata }: AlertChainProbe,
  { deps, signal }: { deps: ProbeDeps; signal: AbortSignal },
): Promise<ObservedRollouts> {
  if (spec.suspend || spec.afterRollout.length === 0) return { completed: {}, events: [] };
  const seen = await Promise.all(spec.afterRollout.map(ref => look(ref, { deps, namespace: metadata.namespace, signal })));
  return { completed: Object.assign({}, ...seen.map(one => one.completed)), events: seen.flatMap(one => one.events) };
}

async function look(ref: WorkloadRef, at: { deps: ProbeDeps; namespace: string; signal: AbortSignal }): Promise<ObservedRollouts> {
  const workload = `${ref.kind}/${ref.name}`;
  try {
    const token = await at.deps.rollouts.completed(at.namespace, ref, at.signal);
    return { completed: { [workload]: token ?? '' }, events: [] };
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    // Not as one that was not complete: what could not be looked at may have been complete for long.
    const message = `The rollout of ${ref.kind} ${ref.name} cannot be read, so no run follows it: ${err.message}`;
    return { completed: {}, events: [{ type: 'Warning', reason: 'RolloutUnreadable', message, action: 'Probe' }] };
  }
}
