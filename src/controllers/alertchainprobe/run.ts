import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';
import { runPassed } from '../../domain/chain/hop-result.ts';
import type { Observed, Step } from '../../domain/probe/next-step.ts';
import { begun, finished, givenUp, resting } from '../../domain/probe/progress.ts';
import { inMaintenance } from '../../domain/schedule/maintenance.ts';
import { nextRun } from '../../domain/schedule/next-run.ts';
import type { Context, Emission, Outcome } from '../../kube/reconcile.ts';
import type { ProbeDeps } from './deps.ts';
import { ROLLOUT_POLL_MS } from './rollouts.ts';

/** All that one turn has read of the world. */
export interface Turn {
  readonly key: string;
  readonly probe: AlertChainProbe;
  readonly observed: Observed;
  /** When the next scheduled run is due. */
  readonly planned: Date;
  readonly deps: ProbeDeps;
  readonly ctx: Context;
  readonly events: readonly Emission[];
}

type ProbeOutcome = Outcome<AlertChainProbeStatus>;

/** Does what the decided step asks, and says what is to be written. */
export function act(step: Step, turn: Turn): ProbeOutcome {
  switch (step.do) {
    case 'suspend':
      return suspend(turn);
    case 'begin':
      return begin(step, turn);
    case 'run':
      return run(step, turn);
    case 'await-run':
      return { events: turn.events };
    case 'finish':
      return finish(step, turn);
    case 'idle':
      return idle(step, turn);
  }
}

function suspend({ key, probe, observed, deps }: Turn): ProbeOutcome {
  deps.runs.drop(key);
  return { status: givenUp(probe, observed.now) };
}

/** Writes the intent only; the effect follows in the turn that sees it in the cache. */
function begin(step: Extract<Step, { do: 'begin' }>, { key, probe, observed, deps, events }: Turn): ProbeOutcome {
  const task = deps.runs.state(key);
  // The answer to an earlier intent may have been lost: the same id again, so that it is recognised as ours.
  const runId = task?.phase === 'reserved' ? task.id : deps.newRunId();
  if (task?.phase !== 'reserved') deps.runs.reserve(key, runId);
  deps.plans.set(key, step.plannedAt);
  const maintenance = inMaintenance(probe.spec.maintenance, observed.now);
  return {
    status: begun(probe, step, { runId, now: observed.now, maintenance, rollouts: observed.rollouts }),
    exclusive: true,
    requeueAfterMs: 0,
    events: step.cutOff ? [...events, interrupted(step.cutOff.id)] : events,
  };
}

function interrupted(runId: string): Emission {
  const message = `Run ${runId} was cut off before it ended: the operator stopped or lost its lease. A new run takes its place.`;
  return { type: 'Warning', reason: 'RunInterrupted', message, action: 'Probe' };
}

function run({ run: { id } }: Extract<Step, { do: 'run' }>, { key, probe, deps, ctx, events }: Turn): ProbeOutcome {
  const { namespace, name } = probe.metadata;
  ctx.fence();
  deps.runs.start(key, signal => {
    const planned = deps.plans.get(key) ?? deps.now();
    deps.metrics.late(namespace, name, Math.max(0, (deps.now().getTime() - planned.getTime()) / 1000));
    return deps.runChain({ namespace, name, runId: id, spec: probe.spec }, signal);
  });
  return { events };
}

/** The result stays with the task until the status shows it: a lost answer repeats the record, not the run. */
function finish(step: Extract<Step, { do: 'finish' }>, { key, probe, observed, deps, events }: Turn): ProbeOutcome {
  const { namespace, name, uid } = probe.metadata;
  const after = new Date(Math.min(Date.parse(step.run.startedAt), observed.now.getTime()));
  const status = finished(probe, step, { now: observed.now, nextRun: nextRun({ schedule: probe.spec.schedule, uid, after }) });
  // Counted once, though a conflict may repeat the record.
  if (deps.plans.delete(key)) {
    const passed = runPassed(step.result);
    deps.metrics.observe({ namespace, name, result: step.result, passed, consecutiveFailures: status.consecutiveFailures ?? 0 });
  }
  return { status, exclusive: true, requeueAfterMs: 0, events };
}

function idle({ until }: Extract<Step, { do: 'idle' }>, { probe, planned, observed, events }: Turn): ProbeOutcome {
  const waitMs = Math.max(0, until.getTime() - observed.now.getTime());
  const pollMs = probe.spec.afterRollout.length > 0 ? Math.min(waitMs, ROLLOUT_POLL_MS) : waitMs;
  return { status: resting(probe, { nextRun: planned, rollouts: observed.rollouts }), requeueAfterMs: pollMs, events };
}
