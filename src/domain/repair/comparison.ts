import { durationMs } from '../../crds/duration.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import type { RepairOutcome } from '../ports/learning-repository.ts';
import { hasEnded } from './next-run-step.ts';
import { hasWritten, mainStep } from './steps-of.ts';

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

export interface DoneByPeople {
  /** Outcomes that were reported of the anomaly. */
  readonly reported: readonly ReportedOutcome[];
  /** Runs of this operator, of whatever anomaly. */
  readonly runs: readonly RepairRun[];
}

/** One thing that people did; without `success` where that is not known, or not yet. */
interface Deed {
  readonly at: Date;
  readonly action: string;
  readonly success?: boolean;
  readonly underWay?: boolean;
}

/**
 * A Shadow run beside what people did about its anomaly: what they reported, and the runs that they approved. The last within the window
 * counts: what helped comes last. One that is under way when the window ends is waited for.
 */
export function comparison(run: RepairRun, { reported, runs }: DoneByPeople, now: Date): Comparison {
  const { requestedAt = now.toISOString() } = run.status ?? {};
  const until = comparesUntil(run) ?? now;
  // What the operator has verified is the outcome of a run, and stands among those, if people approved it.
  const told: readonly Deed[] = reported.filter(({ verified }) => verified === undefined);
  const approved = runs.filter(other => other.spec.anomalyKey === run.spec.anomalyKey).flatMap(deedOfPeople);
  const within = [...told, ...approved].filter(({ at }) => at >= new Date(requestedAt) && at <= until);
  const [last] = within.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const over = now >= until && last?.underWay !== true;
  return { ...proposal(run), ...(last && found(run, last)), ...(over && { comparedAt: now.toISOString() }) };
}

function found({ spec }: RepairRun, { action, success }: Deed): Partial<Comparison> {
  const same = action === mainStep(spec.steps)?.action;
  return { done: action, same, ...(success !== undefined && { succeeded: success }) };
}

/** What the gate alone let begin, people did not do. */
function deedOfPeople(run: RepairRun): readonly Deed[] {
  const { phase, startedAt, approvals = [] } = run.status ?? {};
  const action = mainStep(run.spec.steps)?.action;
  const byPeople = approvals.some(({ via, decision }) => via !== 'gate' && decision === 'Approve');
  if (action === undefined || startedAt === undefined || !byPeople || !hasWritten(run)) return [];
  const known = phase === 'Succeeded' || phase === 'Failed';
  return [{ at: new Date(startedAt), action, ...(known && { success: phase === 'Succeeded' }), underWay: !hasEnded(phase) }];
}
