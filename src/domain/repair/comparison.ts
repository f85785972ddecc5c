import { durationMs } from '../../crds/duration.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import type { RepairOutcome } from '../ports/learning-repository.ts';
import { mainStep } from './steps-of.ts';

type Comparison = NonNullable<RepairRunStatus['comparison']>;
export type ReportedOutcome = RepairOutcome & { readonly at: Date };

/** What a run of mode Shadow would have done, before anybody has done anything. */
export function proposal({ spec }: Pick<RepairRun, 'spec'>): Comparison {
  return { proposed: spec.steps.map(({ action }) => action).join(', ') };
}

/** Until when what people did in its place is looked for; undefined where nothing is compared, or no longer. */
export function comparesUntil({ spec, status }: RepairRun): Date | undefined {
  if (spec.mode !== 'Shadow' || spec.anomalyKey === undefined || status?.comparison?.comparedAt !== undefined) return undefined;
  const { requestedAt } = status ?? {};
  return requestedAt === undefined ? undefined : new Date(Date.parse(requestedAt) + durationMs(spec.verify.window));
}

/** A Shadow run beside the outcomes that were reported for its anomaly. The last report within the window counts: what helped comes last. */
export function comparison(run: RepairRun, reported: readonly ReportedOutcome[], now: Date): Comparison {
  const { requestedAt = now.toISOString() } = run.status ?? {};
  const until = comparesUntil(run) ?? now;
  const within = reported.filter(({ at, verified }) => verified === undefined && at >= new Date(requestedAt) && at <= until);
  const [last] = within.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const found = last && { done: last.action, same: last.action === mainStep(run.spec.steps)?.action, succeeded: last.success };
  return { ...proposal(run), ...found, ...(now >= until && { comparedAt: now.toISOString() }) };
}
