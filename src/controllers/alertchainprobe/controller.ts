import { ALERT_CHAIN_PROBE } from '../../crds/alertchainprobe/kind.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { type ControllerOptions, controller, type KindController } from '../../kube/controller.ts';
import type { Fault } from '../../kube/reconcile.ts';
import type { ProbeDeps } from './deps.ts';
import { probeReconciler } from './reconcile.ts';
import { Tasks } from './tasks.ts';
import type { StoredAlertChainProbe } from '../../crds/alertchainprobe/stored.ts';
import { validated } from './validated.ts';
import { pascalCase } from '../../domain/text/pascal-case.ts';
import { unexpected } from '../../kube/unexpected.ts';

const WORKERS = 16;
const TURN_DEADLINE_MS = 30_000;
const DRAIN_MS = 20_000;

type FrameOptions = Omit<
  ControllerOptions<StoredAlertChainProbe>,
  'name' | 'resource' | 'reconcile' | 'explain' | 'onGone' | 'workers' | 'turnDeadlineMs' | 'drainMs'
>;
type ReconcileOptions = Omit<ProbeDeps, 'runs' | 'notices' | 'heartbeats' | 'plans' | 'forget'>;

export interface ProbeControllerOptions extends ReconcileOptions {
  readonly frame: FrameOptions;
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
  const probes = controller<StoredAlertChainProbe>({
    ...frame,
    name: ALERT_CHAIN_PROBE.singular,
    resource: ALERT_CHAIN_PROBE,
    reconcile: validated(probeReconciler(deps), forget),
    explain,
    onGone: forget,
    workers: WORKERS,
    turnDeadlineMs: TURN_DEADLINE_MS,
    drainMs: DRAIN_MS,
  });
  return {
    name: probes.name,
    enqueue: (key, priority) => probes.enqueue(key, priority),
    async start(signal, leadership) {
      try {
        await probes.start(signal, leadership);
      } finally {
        for (const work of [deps.runs, deps.notices, deps.heartbeats]) work.dropAll();
        deps.plans.clear();
        given.metrics.clear();
      }
    },
  };
}

function explain(err: unknown): Fault {
  if (!(err instanceof PortError)) return unexpected('probe');
  const { fault, message, retryAfterMs } = err;
  return { reason: pascalCase(fault), message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
