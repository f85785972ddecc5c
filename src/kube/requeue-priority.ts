import type { Priority } from './ready-keys.ts';
import type { Decision, KubeObject, Outcome } from './reconcile.ts';

/**
 * The level of the look that an outcome asks for later. As long as what a change asked for is not done, the level stays;
 * then it is `low`, since a rule that somebody edited once would be rechecked before everybody else's edits for ever.
 */
export function requeuePriority(object: KubeObject, { requeueAfterMs, conditions }: Outcome, priority: Priority): Priority {
  const goesOn = requeueAfterMs === 0 || object.metadata.deletionTimestamp !== undefined || isOnItsWay(conditions ?? {});
  return goesOn ? priority : 'low';
}

/** As kstatus: neither ready nor stalled. An outcome that decides nothing has nothing left to do. */
function isOnItsWay({ Ready, Reconciling, Stalled }: Readonly<Record<string, Decision>>): boolean {
  if (Stalled?.status === 'True') return false;
  return Reconciling?.status === 'True' || (Ready !== undefined && Ready.status !== 'True');
}
