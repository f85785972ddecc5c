import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { StepStatus } from '../../crds/repairrun/status.ts';
import { tierOf } from '../learning/actions.ts';
import type { NamedStep } from '../ports/repairs.ts';

/** A step may be declared to reach farther than its action does, never less far. */
function tierOfStep({ action, tier = 1 }: Pick<RepairStep, 'action' | 'tier'>): number {
  return Math.max(tier, tierOf(action));
}

export function tierOfSteps(steps: readonly Pick<RepairStep, 'action' | 'tier'>[]): number {
  return Math.max(1, ...steps.map(tierOfStep));
}

/** What people are asked to do, and nothing is done in the cluster. */
export function isForPeople(action: RepairAction): boolean {
  return tierOf(action) === 4;
}

const ANSWERED: readonly RepairAction[] = ['schedule_fix', 'manual_intervention'];

/** The step is over only when a person says whether it helped. */
export function waitsForPeople(action: RepairAction): boolean {
  return ANSWERED.includes(action);
}

/** The step with its target by name, or why it has none. */
export function namedStep(step: RepairStep): NamedStep | string {
  const { target, ...rest } = step;
  if (isForPeople(step.action)) return rest;
  if (target?.name === undefined) {
    return `Step ${step.action} does not name its target: give target.kind and target.name, as a run that the operator makes does.`;
  }
  return { ...rest, target: { kind: target.kind, name: target.name } };
}

/**
 * What a run does something to, as KIND/NAME: what its steps name, and the workloads behind that, which are known of a step once it is
 * planned. A pod is another after each repair, and its workload is not.
 */
export function targetsOf({ spec, status }: Pick<RepairRun, 'spec' | 'status'>): readonly string[] {
  const worked = (status?.steps ?? []).flatMap(({ intent }) => (intent?.workload === undefined ? [] : [intent.workload]));
  return [...new Set([...spec.steps.flatMap(namedBy), ...worked])];
}

function namedBy({ target, parameters: { configMap } }: RepairStep): readonly string[] {
  const named = target?.name === undefined ? [] : [`${target.kind}/${target.name}`];
  return configMap === undefined ? named : [...named, `ConfigMap/${configMap}`];
}

/** The step that a run is known by where only one can be named: that which reaches farthest in the cluster, the first of several such. */
export function mainStep(steps: readonly RepairStep[]): RepairStep | undefined {
  const [first, ...rest] = steps.filter(({ action }) => !isForPeople(action));
  return first ? rest.reduce((most, step) => (tierOfStep(step) > tierOfStep(most) ? step : most), first) : steps[0];
}

/** What is recorded of a step; of one that was not begun, its number and action alone. */
export function recordOf(run: RepairRun, index: number): StepStatus {
  const recorded = run.status?.steps?.find(step => step.index === index);
  return recorded ?? { index, action: run.spec.steps[index]?.action ?? 'manual_intervention' };
}

/** The records of a run, with one of them replaced. */
export function withRecord(run: RepairRun, record: StepStatus): StepStatus[] {
  const others = (run.status?.steps ?? []).filter(({ index }) => index !== record.index);
  return [...others, record].toSorted((a, b) => a.index - b.index);
}

/** Something was changed, or nobody can say any more. */
export function hasWritten({ status }: RepairRun): boolean {
  return (status?.steps ?? []).some(({ effectTime, deed }) => effectTime !== undefined || deed?.result === 'Unknown');
}
