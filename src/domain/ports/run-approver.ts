import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { ApprovalEntry } from '../../crds/repairrun/spec.ts';

export interface RepairRunName {
  readonly namespace: string;
  readonly name: string;
}

export interface FoundRun {
  readonly run: RepairRun;
  /** As it is now; absent where it is gone or may not be read. */
  readonly playbook?: RepairPlaybook;
}

/** One that exists: a namesake made later is another. */
export interface KnownRun extends RepairRunName {
  readonly uid: string;
}

/**
 * Decides about runs in a cluster, as the user of a kubeconfig. What passes by itself (no answer, 429, 5xx) is tried again until the signal
 * aborts; other failures are PortErrors, of them `forbidden` and `rejected` in the words of whoever refused.
 */
export interface RunApprover {
  /** The user name that the API server knows us by. */
  whoAmI(signal: AbortSignal): Promise<string>;
  find(run: RepairRunName, signal: AbortSignal): Promise<FoundRun | undefined>;
  /** Adds the entry of spec.approvals, or changes it where `by` has one. Resolves with the run as it is then; undefined where it is gone. */
  enter(run: KnownRun, entry: ApprovalEntry, signal: AbortSignal): Promise<RepairRun | undefined>;
  /** The run as it is, and again after each change, until it is gone or the signal aborts. */
  follow(run: KnownRun, signal: AbortSignal): AsyncIterable<RepairRun>;
}
