import type { RepairRunStatus, StepStatus } from '../../crds/repairrun/status.ts';
import { hasEnded } from './next-run-step.ts';

export type RecordStage = 'run-ask' | 'run-intent' | 'run-effected' | 'run-deed' | 'run-verdict' | 'run-undone' | 'run-end';

/** Which record a written status is, by the newest thing in it: so failpoints tell the writes of one run apart. */
export function recordStage({ phase, verdict, steps = [] }: Pick<RepairRunStatus, 'phase' | 'verdict' | 'steps'>): RecordStage | undefined {
  if (hasEnded(phase)) return 'run-end';
  if (verdict) return steps.some(({ undone }) => undone) ? 'run-undone' : 'run-verdict';
  const last = steps.at(-1);
  if (last) return stageOf(last);
  return phase === 'AwaitingApproval' ? 'run-ask' : undefined;
}

function stageOf({ intent, effectTime, deed }: StepStatus): RecordStage | undefined {
  if (deed) return 'run-deed';
  if (effectTime !== undefined) return 'run-effected';
  return intent && 'run-intent';
}
