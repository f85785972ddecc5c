import { durationMs } from '../../crds/duration.ts';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { comparesUntil } from './comparison.ts';
import { hasEnded } from './next-run-step.ts';

export type HistoryLimits = Pick<RepairPlaybookSpec, 'successfulRunsHistoryLimit' | 'failedRunsHistoryLimit'>;

/** Of a playbook that is gone. */
export const USUAL_LIMITS: HistoryLimits = { successfulRunsHistoryLimit: 20, failedRunsHistoryLimit: 20 };

/** The runs of one playbook that are no longer kept: the oldest that have ended, of those that succeeded and of the rest. */
export function surplus(runs: readonly RepairRun[], limits: HistoryLimits, now: Date): readonly RepairRun[] {
  const ended = runs.filter(({ status }) => hasEnded(status?.phase)).toSorted((a, b) => endOf(b) - endOf(a) || byName(a, b));
  const good = ended.filter(({ status }) => status?.phase === 'Succeeded');
  const others = ended.filter(({ status }) => status?.phase !== 'Succeeded');
  return [...good.slice(limits.successfulRunsHistoryLimit), ...others.slice(limits.failedRunsHistoryLimit)].filter(run => isDone(run, now));
}

/** Nothing is left to be learned from it or compared with it, and no cool-down goes by it. */
function isDone(run: RepairRun, now: Date): boolean {
  const { status, spec } = run;
  if (status?.learned === false || comparesUntil(run) !== undefined) return false;
  return status?.startedAt === undefined || endOf(run) + durationMs(spec.limits.cooldown) <= now.getTime();
}

const endOf = ({ status }: RepairRun): number => (status?.finishedAt === undefined ? 0 : Date.parse(status.finishedAt));

const byName = (a: RepairRun, b: RepairRun): number => (a.metadata.name < b.metadata.name ? 1 : -1);
