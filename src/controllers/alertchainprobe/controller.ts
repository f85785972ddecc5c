import { ALERT_CHAIN_PROBE } from '../../crds/alertchainprobe/kind.ts';
import { toldFault } from '../../domain/ports/told-fault.ts';
import { type ControllerFrame, controller, type KindController } from '../../kube/controller.ts';
import { unexpected } from '../../kube/unexpected.ts';
import type { ProbeDeps } from './deps.ts';
import { probeReconciler } from './reconcile.ts';
import { Tasks } from './tasks.ts';
import type { StoredAlertChainProbe } from '../../crds/alertchainprobe/stored.ts';
import { validated } from './validated.ts';

const WORKERS = 16;
const TURN_DEADLINE_MS = 30_000;
const DRAIN_MS = 20_000;

type ReconcileOptions = Omit<ProbeDeps, 'runs' | 'notices' | 'heartbeats' | 'plans' | 'forget'>;

export interface ProbeControllerOptions extends ReconcileOptions {
  readonly frame: ControllerFrame<StoredAlertChainProbe>;
  readonly maxConcurrentRuns: number;
}

/** The controller of AlertChainProbes. What it runs in the background ends with its leadership: the next leader begins such runs anew. */
export function probeController({ frame, maxConcurrentRuns, ...given }: ProbeControllerOptions): KindController {
  const onDone = (key: string): void => probes.enqueue(key);
  const deps: ProbeDeps = {
    ...given,
    runs: new Tasks({ limit: maxConcurrentRuns, onDone }),
    notices: new Tasks({ limit: maxConcurrentRuns, onDone }),
    heartbeats: new Tasks({ limit: maxConcurrentRuns, onDone }),
    plans: new Map(),
    forget,
  };
  function forget(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    for (const work of [deps.runs, deps.notices, deps.heartbeats]) work.drop(key);
    deps.plans.delete(key);
    given.metrics.remove(namespace, name);
  }
  /** Whoever proves nothing is to be seen: of an object that is there something is shown. */
  function unreadable(key: string): void {
    forget(key);
    const [namespace = '', name = ''] = key.split('/');
    given.metrics.register(namespace, name, []);
  }
  const probes = controller<StoredAlertChainProbe>({
    ...frame,
    name: ALERT_CHAIN_PROBE.singular,
    resource: ALERT_CHAIN_PROBE,
    reconcile: validated(probeReconciler(deps), unreadable),
    explain: err => toldFault(err) ?? unexpected('probe'),
    onGone: forget,
    onEnd: () => {
      for (const work of [deps.runs, deps.notices, deps.heartbeats]) work.dropAll();
      deps.plans.clear();
      given.metrics.clear();
    },
    workers: WORKERS,
    turnDeadlineMs: TURN_DEADLINE_MS,
    drainMs: DRAIN_MS,
  });
  return probes;
}
