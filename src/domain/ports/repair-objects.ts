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

/** Playbooks and runs as this replica's caches hold them, and what is written of them besides their own controllers. */
export interface RepairObjects {
  /** Valid ones, of every namespace that is looked after. */
  playbooks(): readonly RepairPlaybook[];
  runs(): readonly RepairRun[];
  /** False where a run of this name is there already. Failures are PortErrors. */
  create(run: WantedRun, signal: AbortSignal): Promise<boolean>;
  /**
   * Records a decision in status.approvals, one for each person: a later one of the same person takes its place while the run still waits.
   * `late` where the run no longer waits, `missing` where it is gone.
   */
  decide(
    run: { readonly namespace: string; readonly name: string; readonly uid: string },
    decision: Omit<RecordedApproval, 'time' | 'decision'> & { readonly decision: Decision },
    signal: AbortSignal,
  ): Promise<'recorded' | 'repeated' | 'late' | 'missing'>;
  /**
   * Records on the step that waits for people whether what was asked of them helped: it is Done or Failed, in the words of who says so. The
   * first answer stands: `repeated` where the same person gave the same one, `late` where the run does not wait for people.
   */
  answer(
    run: { readonly namespace: string; readonly name: string; readonly uid: string },
    of: Pick<RecordedApproval, 'by' | 'via' | 'name'> & { readonly helped: boolean },
    signal: AbortSignal,
  ): Promise<'recorded' | 'repeated' | 'late' | 'missing'>;
}
