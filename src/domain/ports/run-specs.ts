import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';

/** Makes out what a playbook would do about an incident. Failures are PortErrors. */
export interface RunSpecs {
  /** The spec of a run of the playbook as it is now, for the incident of an earlier run; undefined where none can be made of it. */
  again(run: RepairRun, playbook: RepairPlaybook, signal: AbortSignal): Promise<RepairRun['spec'] | undefined>;
}
