import { REPAIR_PLAYBOOK } from '../../crds/repairplaybook/kind.ts';
import type { StoredRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import { toldFault } from '../../domain/ports/told-fault.ts';
import { type ControllerFrame, controller, type KindController } from '../../kube/controller.ts';
import { unexpected } from '../../kube/unexpected.ts';
import type { PlaybookDeps } from './deps.ts';
import { playbookReconciler } from './reconcile.ts';

/** Few: at a start and a resync thousands are looked at, and each asks the store twice. */
const WORKERS = 8;
const TURN_DEADLINE_MS = 30_000;
const DRAIN_MS = 10_000;

export interface PlaybookControllerOptions extends PlaybookDeps {
  readonly frame: ControllerFrame<StoredRepairPlaybook>;
}

/**
 * The controller of RepairPlaybooks. Whoever sees a run end enqueues its playbook; what was reported from outside, and proof that has faded, is seen
 * at the resync.
 */
export function playbookController({ frame, ...deps }: PlaybookControllerOptions): KindController {
  return controller<StoredRepairPlaybook>({
    ...frame,
    name: REPAIR_PLAYBOOK.singular,
    resource: REPAIR_PLAYBOOK,
    reconcile: playbookReconciler(deps),
    explain: err => toldFault(err) ?? unexpected('playbook'),
    workers: WORKERS,
    turnDeadlineMs: TURN_DEADLINE_MS,
    drainMs: DRAIN_MS,
  });
}
