import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import { tierOf } from '../learning/actions.ts';

/** What steps do, in one sentence: `restart_pod of Deployment cart, then notify_team`. */
export function summaryOf(steps: readonly RepairStep[]): string {
  return steps.map(({ action, target }) => (target ? `${action} of ${target.kind} ${nameOf(target)}` : action)).join(', then ');
}

/** How far they reach: as far as the one that reaches farthest. */
export function reachOf(steps: readonly Pick<RepairStep, 'action' | 'tier'>[]): number {
  return Math.max(1, ...steps.map(({ action, tier }) => tier ?? tierOf(action)));
}

function nameOf({ name, fromLabel }: NonNullable<RepairStep['target']>): string {
  return name ?? `of the label ${fromLabel ?? ''}`;
}
