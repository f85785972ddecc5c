import type { RepairStep } from '../../crds/repairplaybook/step.ts';

/** What steps do, in one sentence: `restart_pod of Deployment cart, then notify_team`. */
export function summaryOf(steps: readonly RepairStep[]): string {
  return steps.map(({ action, target }) => (target ? `${action} of ${target.kind} ${nameOf(target)}` : action)).join(', then ');
}

function nameOf({ name, fromLabel }: NonNullable<RepairStep['target']>): string {
  return name ?? `of the label ${fromLabel ?? ''}`;
}
