import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import { hasEnded } from './next-run-step.ts';

export type RecordStage = 'run-intent' | 'run-deed' | 'run-verdict';

/** Which record a written status is, by the newest thing in it: so failpoints tell the writes of one run apart. */
export function recordStage({ phase, verdict, steps = [] }: Pick<RepairRunStatus, 'phase' | 'verdict' | 'steps'>): RecordStage | undefined {
  if (hasEnded(phase)) return undefined;
  if (verdict) return 'run-verdict';
  const last = steps.at(-1);
  if (last?.deed) return 'run-deed';
  return last?.intent && last.effectTime === undefined ? 'run-intent' : undefined;
}
