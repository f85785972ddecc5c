import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import { parseAlertChainProbe } from '../../crds/alertchainprobe/parse.ts';
import type { StoredAlertChainProbe } from '../../crds/alertchainprobe/stored.ts';
import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';
import { scheduleProblems } from '../../domain/schedule/problems.ts';
import type { Outcome, Reconcile } from '../../kube/reconcile.ts';

/** Reads the spec at each turn. One that is not valid is Stalled with every problem, and never silently passed over. */
export function validated(reconcile: Reconcile<AlertChainProbe>, forget: (key: string) => void): Reconcile<StoredAlertChainProbe> {
  return async (stored, context) => {
    const parsed = parseAlertChainProbe(stored);
    // A cron text may be well-formed and still name no day that ever comes.
    const problems = parsed.ok ? scheduleProblems(parsed.probe.spec, context.now()) : parsed.problems;
    if (parsed.ok && problems.length === 0) return reconcile(parsed.probe, context);
    forget(`${stored.metadata.namespace}/${stored.metadata.name}`);
    return invalid(problems);
  };
}

function invalid(problems: readonly string[]): Outcome<AlertChainProbeStatus> {
  const message = `The spec is not valid, so nothing is proven. Mend it: ${problems.join('; ')}`.slice(0, 1024);
  const because = { reason: 'InvalidSpec', message };
  return {
    status: { nextRunTime: undefined },
    conditions: {
      Ready: { status: 'False', ...because },
      ChainHealthy: { status: 'Unknown', ...because },
      Stalled: { status: 'True', ...because },
    },
  };
}
