import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';
import { probeConditions } from '../../domain/probe/conditions.ts';
import { nextStep, plannedRun } from '../../domain/probe/next-step.ts';
import type { StatusPatch } from '../../domain/probe/progress.ts';
import { inMaintenance } from '../../domain/schedule/maintenance.ts';
import { nextRun } from '../../domain/schedule/next-run.ts';
import type { Context, Decision, Emission, Outcome, Reconcile } from '../../kube/reconcile.ts';
import { announce } from './announce.ts';
import type { ProbeDeps } from './deps.ts';
import { observedRollouts } from './rollouts.ts';
import { type Turn, act } from './run.ts';

/**
 * Brings one AlertChainProbe on by one phase: record the intent of a run, run it, record what it found, tell people.
 * Level-based; what a process did before it died is read from the status, and a run it never ended begins anew.
 */
export function probeReconciler(deps: ProbeDeps): Reconcile<AlertChainProbe> {
  return async function reconcile(probe, ctx) {
    if (probe.metadata.deletionTimestamp !== undefined) {
      deps.forget(keyOf(probe));
      return {};
    }
    showSeries(probe, deps);
    const turn = await observe(probe, { deps, ctx });
    const step = nextStep(turn.observed);
    const outcome = act(step, turn);
    const told = announce(turn);
    const decided = merged(probe, { ...outcome, status: { ...outcome.status, ...told.status } }, told);
    judge(probe, decided, turn);
    return decided;
  };
}

/** The series of a probe are there from its first turn; after a restart they say what its status says. */
function showSeries({ metadata: { namespace, name }, spec, status }: AlertChainProbe, { metrics }: ProbeDeps): void {
  const hops = spec.hops.map(hop => hop.name);
  metrics.register(namespace, name, hops);
  metrics.restore(namespace, name, status ?? {});
}

/** What is decided is shown at once, though it may be written a little later. */
function judge(
  { metadata: { namespace, name }, spec, status }: AlertChainProbe,
  decided: Outcome<AlertChainProbeStatus>,
  { deps, observed }: Turn,
): void {
  const { nextRunTime } = { ...status, ...decided.status };
  deps.metrics.judge(namespace, name, {
    healthy: decided.conditions?.['ChainHealthy']?.status ?? 'Unknown',
    suspended: spec.suspend,
    maintenance: inMaintenance(spec.maintenance, observed.now),
    nextRunTime,
  });
}

const keyOf = ({ metadata }: AlertChainProbe): string => `${metadata.namespace}/${metadata.name}`;

async function observe(probe: AlertChainProbe, { deps, ctx }: { deps: ProbeDeps; ctx: Context }): Promise<Turn> {
  const key = keyOf(probe);
  const now = ctx.now();
  const { spec, metadata } = probe;
  const task = deps.runs.state(key);
  const rollouts = await observedRollouts(probe, { deps, signal: ctx.signal });
  const observed = {
    probe,
    task:
      task && (task.phase === 'done' ? { runId: task.id, phase: task.phase, result: task.result } : { runId: task.id, phase: task.phase }),
    rollouts: rollouts.completed,
    now,
    scheduledAfter: (after: Date) => nextRun({ schedule: spec.schedule, uid: metadata.uid, after }),
  };
  return { key, probe, observed, planned: plannedRun(observed), deps, ctx, events: rollouts.events };
}

interface Told {
  readonly status?: StatusPatch;
  readonly requeueAfterMs?: number;
  readonly events: readonly Emission[];
}

/** One outcome of the step and of the telling: conditions are decided once, on the status as it will be. */
function merged(probe: AlertChainProbe, outcome: Outcome<AlertChainProbeStatus>, told: Told): Outcome<AlertChainProbeStatus> {
  const waits = [outcome.requeueAfterMs, told.requeueAfterMs].filter(ms => ms !== undefined);
  const conditions = decisions(probe, { ...probe.status, ...outcome.status });
  return {
    ...outcome,
    conditions,
    ...(waits.length > 0 && { requeueAfterMs: Math.min(...waits) }),
    events: [...(outcome.events ?? []), ...told.events, ...transitions(probe, conditions)],
  };
}

function decisions(probe: AlertChainProbe, status: AlertChainProbeStatus): Record<string, Decision> {
  const { ChainHealthy, Ready, Stalled } = probeConditions(probe, status);
  return { Ready, ChainHealthy, ...(Stalled && { Stalled }) };
}

/** People read `kubectl describe`: an event where the chain's verdict turns, and none where it stays. */
function transitions(probe: AlertChainProbe, conditions: Record<string, Decision>): Emission[] {
  return ['ChainHealthy', 'Stalled'].flatMap(type => {
    const is = conditions[type];
    const was = probe.status?.conditions?.find(condition => condition.type === type);
    if (!is || is.status === 'Unknown' || (is.status === was?.status && is.reason === was.reason)) return [];
    const good = type === 'ChainHealthy' && is.status === 'True';
    // A first failure below the threshold leaves the verdict as it was; it still is a fact worth an event.
    return [
      {
        type: good && is.reason !== 'FailureBelowThreshold' ? 'Normal' : 'Warning',
        reason: is.reason,
        message: is.message,
        action: 'Probe',
      },
    ];
  });
}
