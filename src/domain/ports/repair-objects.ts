import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { Decision } from '../../crds/repairrun/spec.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';

/** A run to be made. The name is the same for the same cause: made twice, it is one run. */
export interface WantedRun {
  readonly namespace: string;
  readonly name: string;
  readonly playbook: string;
  readonly spec: RepairRun['spec'];
}

export interface RunRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Playbooks and runs as this replica's caches hold them, and what is written of them besides their own controllers. */
export interface RepairObjects {
  /** Valid ones, of every namespace that is looked after. */
  playbooks(): readonly RepairPlaybook[];
  runs(): readonly RepairRun[];
  /**
   * All runs as the API server has them now. A cache may be from before the last writes of an earlier leader, whose runs count too. Failures
   * are PortErrors.
   */
  runsNow(signal: AbortSignal): Promise<readonly RepairRun[]>;
  /** False where a run of this name is there already. Failures are PortErrors. */
  create(run: WantedRun, signal: AbortSignal): Promise<boolean>;
  /**
   * Records a decision in status.approvals, one for each person: a later one of the same person takes its place while the run still waits.
   * `late` where the run no longer waits or its time is over, `missing` where it is gone.
   */
  decide(
    run: RunRef,
    decision: Omit<RecordedApproval, 'time' | 'decision'> & { readonly decision: Decision },
    signal: AbortSignal,
  ): Promise<'recorded' | 'repeated' | 'late' | 'missing'>;
  /**
   * Records what a person says of a step that waits for people, in status.steps[].answer; the first word stands. `late` where no step waits
   * for one, `missing` where the run is gone.
   */
  answer(
    run: RunRef,
    word: { readonly by: string; readonly helped: boolean },
    signal: AbortSignal,
  ): Promise<'recorded' | 'repeated' | 'late' | 'missing'>;
  /** Deletes that very run; one that is gone already is as well. */
  remove(run: RunRef, signal: AbortSignal): Promise<void>;
}
