import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { type Attempt, ownAttempts } from './attempts.ts';
import { tierOfSteps } from '../repair/steps-of.ts';

/**
 * What may be done about an incident, best first: by the lower bound of what its verified runs have shown, then what reaches less far, then
 * by name. What has failed in this opening, or was rejected by a person, is not tried again; when nothing is left it is for people.
 */
export function suggestions(matching: readonly RepairPlaybook[], attempts: readonly Attempt[]): RepairPlaybook[] {
  return matching
    .filter(playbook => playbook.spec.mode !== 'Shadow' && !ownAttempts(attempts, playbook).some(isSettled))
    .toSorted(
      (a, b) => lowerBound(b) - lowerBound(a) || tierOfSteps(a.spec.steps) - tierOfSteps(b.spec.steps) || (keyOf(a) < keyOf(b) ? -1 : 1),
    );
}

function isSettled({ phase }: Attempt): boolean {
  return phase === 'Failed' || phase === 'Rejected';
}

function lowerBound({ status }: RepairPlaybook): number {
  return status?.stats?.lowerBound ?? 0;
}

function keyOf({ metadata: { name, namespace } }: RepairPlaybook): string {
  return `${name}/${namespace}`;
}
