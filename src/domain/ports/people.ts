import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { CarriedOut } from './repairs.ts';
import type { RunRef } from './repair-objects.ts';

/** What is asked of people in place of doing something in the cluster. */
export interface Errand {
  readonly run: RunRef;
  /** Counts from 0; with the uid of the run the key by which an errand is known again. */
  readonly step: number;
  readonly action: RepairAction;
  readonly playbook: string;
  readonly incidentId?: string;
  /** What people are told. */
  readonly text: string;
}

/**
 * Tells people what is theirs to do (actions of tier 4). Failures are PortErrors; `waiting` says when to ask again. An errand that was told
 * before by the same run and step is not told again, unless whoever told it died before that was noted: rather twice than never.
 */
export interface People {
  /** `done` for create_issue and notify_team; `with-people` for what waits until a person says whether it helped. */
  tell(errand: Errand, signal: AbortSignal): Promise<CarriedOut>;
}
