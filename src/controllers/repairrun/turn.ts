import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairRunStatus, RunPhase } from '../../crds/repairrun/status.ts';
import type { StepPlace } from '../../domain/ports/repairs.ts';
import { recordedApprovals } from '../../domain/repair/decision.ts';
import type { Hold } from '../../domain/repair/hold.ts';
import { hasEnded } from '../../domain/repair/next-run-step.ts';
import { type RunNote, runConditions } from '../../domain/repair/run-conditions.ts';
import { hasWritten } from '../../domain/repair/steps-of.ts';
import { cut } from '../../domain/text/cut.ts';
import type { Context, Emission, Outcome } from '../../kube/reconcile.ts';
import type { RunDeps } from './deps.ts';

export type RunOutcome = Outcome<RepairRunStatus>;
export type RunPatch = NonNullable<RunOutcome['status']>;

/** What one turn of one run works with. */
export interface RunTurn {
  readonly key: string;
  readonly run: RepairRun;
  /** As the cache has it; undefined where it is not there or not valid. */
  readonly playbook: RepairPlaybook | undefined;
  /** No earlier than any time that the run holds. */
  readonly now: Date;
  readonly deps: RunDeps;
  readonly ctx: Context;
}

export interface Decided {
  readonly status?: RunPatch;
  readonly note: RunNote;
  readonly events?: readonly Emission[];
  /** 0: go on at once. */
  readonly requeueAfterMs?: number;
}

/** What the API server and admission webhooks say may be of any length. */
export const LONGEST_SENTENCE = 1024;

/**
 * What a turn decided, for the frame to write. Every status is exclusive: approvals and answers of people are written beside this
 * controller, and none of them may be lost.
 */
export function decided(turn: RunTurn, { status = {}, note, events = [], requeueAfterMs }: Decided): RunOutcome {
  const { run, deps } = turn;
  const { phase = run.status?.phase } = status;
  if (hasEnded(phase) && !hasEnded(run.status?.phase)) ended(turn, phase);
  else deps.counted.delete(turn.key);
  return {
    status: { ...approvals(turn), ...status, message: cut(note.message, LONGEST_SENTENCE) },
    conditions: runConditions(phase === undefined ? {} : { phase }, note),
    exclusive: true,
    ...(events.length > 0 && { events }),
    ...(requeueAfterMs !== undefined && { requeueAfterMs }),
  };
}

/** It waits: nothing of it changes but what is said. */
export function held(turn: RunTurn, hold: Hold, status: RunPatch = {}): RunOutcome {
  return decided(turn, { status, note: hold, requeueAfterMs: hold.recheckMs });
}

export function event(type: Emission['type'], { reason, message }: RunNote): Emission {
  return { type, reason, message, action: 'Repair' };
}

/** What is recorded of people's decisions, while it waits for them. */
function approvals({ run, now }: RunTurn): RunPatch {
  const { phase, approvals: before = [] } = run.status ?? {};
  if (phase !== undefined && phase !== 'AwaitingApproval') return {};
  const all = recordedApprovals(run, now);
  return all.length === before.length && all.every((one, at) => one === before[at]) ? {} : { approvals: [...all] };
}

/** By which the first call of a run is known to be counted. */
export const firstCallOf = (key: string): string => `first call of ${key}`;

function ended({ key, run, deps }: RunTurn, phase: RunPhase | undefined): void {
  deps.ledger.ended(run.metadata.uid, hasWritten(run));
  deps.counted.delete(firstCallOf(key));
  if (phase === undefined || deps.counted.has(key)) return;
  deps.counted.add(key);
  deps.metrics.ended(phase);
}

export function placeOf({ metadata, spec }: RepairRun, step: number): StepPlace {
  return { namespace: metadata.namespace, run: metadata.uid, step, gitOps: spec.gitOps };
}
