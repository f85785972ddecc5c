import type { AlertChainProbeSpec } from '../../crds/alertchainprobe/spec.ts';

export type WorkloadRef = AlertChainProbeSpec['afterRollout'][number];

/** Rollouts of workloads in a namespace. */
export interface Rollouts {
  /**
   * A token that stands for the newest completed rollout and changes with each; undefined while one is under way or the
   * workload is not there. Failures are PortErrors.
   */
  completed(namespace: string, ref: WorkloadRef, signal: AbortSignal): Promise<string | undefined>;
}
