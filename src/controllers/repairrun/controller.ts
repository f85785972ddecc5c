import { REPAIR_RUN } from '../../crds/repairrun/kind.ts';
import type { StoredRepairRun } from '../../crds/repairrun/stored.ts';
import { toldFault } from '../../domain/ports/told-fault.ts';
import { type ControllerFrame, controller, type KindController } from '../../kube/controller.ts';
import { unexpected } from '../../kube/unexpected.ts';
import type { RepairMetrics } from '../../telemetry/repair-metrics.ts';
import type { RunDeps, RunLimits, RunPorts } from './deps.ts';
import { Ledger } from './ledger.ts';
import { runReconciler } from './reconcile.ts';
import { Showing } from './showing.ts';
import { firstCallOf } from './turn.ts';
import { validated } from './validated.ts';

const WORKERS = 16;
const TURN_DEADLINE_MS = 30_000;
const DRAIN_MS = 20_000;

export interface RunControllerOptions {
  readonly frame: ControllerFrame<StoredRepairRun>;
  readonly ports: RunPorts;
  readonly limits: RunLimits;
  readonly metrics: RepairMetrics;
  readonly monotonic: () => number;
}

/** The controller of RepairRuns. What it remembers of runs that it let begin ends with its leadership: the next leader reads them. */
export function runController({ frame, ports, limits, metrics, monotonic }: RunControllerOptions): KindController {
  const deps = runDeps({ ports, limits, metrics, monotonic, now: frame.now });
  return controller<StoredRepairRun>({
    ...frame,
    name: REPAIR_RUN.singular,
    resource: REPAIR_RUN,
    reconcile: validated(runReconciler(deps)),
    explain: err => toldFault(err) ?? unexpected('run'),
    onGone: deps.forget,
    onEnd: () => {
      deps.ledger.clear();
      deps.counted.clear();
    },
    workers: WORKERS,
    turnDeadlineMs: TURN_DEADLINE_MS,
    drainMs: DRAIN_MS,
  });
}

export type RunWorld = Omit<RunControllerOptions, 'frame'> & { readonly now: () => Date };

/** What one process knows, at first nothing. */
export function runDeps({ ports, limits, metrics, monotonic, now }: RunWorld): RunDeps {
  const ledger = new Ledger({ objects: ports.objects, now, monotonic });
  const showing = new Showing({ incidents: ports.incidents, monotonic });
  const counted = new Set<string>();
  const forget = (key: string): void => {
    ledger.gone(key);
    counted.delete(key);
    counted.delete(firstCallOf(key));
  };
  return { ports, limits, ledger, showing, metrics, counted, forget };
}
