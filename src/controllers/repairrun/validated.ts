import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { readStored } from '../../crds/repairrun/parse.ts';
import type { StoredRepairRun } from '../../crds/repairrun/stored.ts';
import { runConditions } from '../../domain/repair/run-conditions.ts';
import type { Reconcile } from '../../kube/reconcile.ts';

/** Reads the spec at each turn. Of one that is not valid nothing is done: it is Stalled with every problem. */
export function validated(reconcile: Reconcile<RepairRun>): Reconcile<StoredRepairRun> {
  return async (stored, ctx) => {
    const parsed = readStored(stored);
    if (parsed.ok) return reconcile(parsed.object, ctx);
    const message = `The spec is not valid, so nothing is done. Delete this run and make another: ${parsed.problems.join('; ')}`;
    return { conditions: runConditions({}, { reason: 'InvalidSpec', message, stalled: true }) };
  };
}
