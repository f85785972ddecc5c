import type { RepairRunStatus, RunPhase } from '../../crds/repairrun/status.ts';
import { cut } from '../text/cut.ts';
import { hasEnded } from './next-run-step.ts';

/** A condition as decided; the frame adds observedGeneration and lastTransitionTime. */
export interface RunCondition {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export type RunConditions = Readonly<Record<string, RunCondition>>;

/** What a run waits for, or how it ended. */
export interface RunNote {
  readonly reason: string;
  readonly message: string;
  /** Only a person can help. */
  readonly stalled?: boolean;
}

const LONGEST = 1024;
const GOOD: readonly RunPhase[] = ['Succeeded', 'DryRun'];

/**
 * In the words of kstatus, as of a Job: in progress while it waits or runs, current once it ended well, failed once it ended otherwise or
 * where it goes on only when a person has put something right.
 */
export function runConditions({ phase }: Pick<RepairRunStatus, 'phase'>, note: RunNote): RunConditions {
  const said = { reason: note.reason, message: cut(note.message, LONGEST) };
  const over = hasEnded(phase);
  const good = phase !== undefined && GOOD.includes(phase);
  return {
    Ready: { status: good ? 'True' : 'False', ...said },
    Complete: { status: over ? 'True' : 'False', ...said },
    ...(!over && note.stalled !== true && { Reconciling: { status: 'True', ...said } }),
    ...((over ? !good : note.stalled === true) && { Stalled: { status: 'True', ...said } }),
  };
}
