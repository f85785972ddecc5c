import { PortError } from '../../domain/ports/port-error.ts';
import { approvalIdOf } from '../../domain/repair/approval-id.ts';
import { type Gate, gate } from '../../domain/repair/gate.ts';
import { asking, standingOf } from '../../domain/repair/next-run-step.ts';
import { after } from '../../domain/repair/run-times.ts';
import { begin } from './begin.ts';
import { decided, event, type RunOutcome, type RunPatch, type RunTurn } from './turn.ts';

/** A new run: on at once where the gate is open and nothing holds it back, else it asks people. */
export async function admit(turn: RunTurn): Promise<RunOutcome> {
  const { run } = turn;
  const base = askedNow(turn);
  if (run.spec.mode !== 'Automatic' || standingOf(run, turn.playbook) !== 'same') return asks(turn, base);
  const asked = await askGate(turn);
  if (!asked.open) return asks(turn, { ...base, gate: asked.says });
  const allowed = { ...base, ...passed(turn, asked) };
  const begun = await begin({ ...turn, run: { ...run, status: { ...run.status, ...allowed } } }, { index: 0, by: 'gate' });
  return { ...begun, status: { ...allowed, ...begun.status }, requeueAfterMs: 0 };
}

/** Asked again whenever a run that it let pass is held back. */
export async function askGate({ run, playbook, deps, ctx, now }: RunTurn): Promise<Gate> {
  const { limits, ledger } = deps;
  if (!playbook) return { open: false, says: 'The playbook is not there.' };
  await ledger.primed(ctx.signal);
  const breaker = { begun: ledger.begunLately(run.metadata.uid), most: limits.breakerRuns };
  const facts = { run, playbook, automaticTier: limits.automaticTier, breaker };
  // Nobody need be asked where the answer is no anyhow.
  const first = gate({ ...facts, alert: 'firing' });
  return first.open ? gate({ ...facts, alert: await alertOf({ run, deps, ctx, now }) }) : first;
}

async function alertOf({ run, deps, ctx, now }: Pick<RunTurn, 'run' | 'deps' | 'ctx' | 'now'>) {
  if (run.spec.incidentId === undefined) return undefined;
  try {
    return (await deps.ports.witness.look(run.spec.incidentId, now, ctx.signal)).alert;
  } catch (err) {
    if (err instanceof PortError) return undefined;
    throw err;
  }
}

/** That the gate let it pass is on record, since a run that is held back now may begin later. */
function passed({ now }: RunTurn, { says }: Gate): RunPatch {
  return { gate: says, approvals: [{ by: 'gate', via: 'gate', decision: 'Approve', time: now.toISOString() }] };
}

function askedNow({ run, now }: RunTurn): RunPatch {
  const requestedAt = now.toISOString();
  return {
    phase: 'AwaitingApproval',
    approvalId: approvalIdOf(run.metadata),
    requestedAt,
    expiresAt: after(requestedAt, run.spec.approval.expiresAfter).toISOString(),
  };
}

function asks(turn: RunTurn, status: RunPatch): RunOutcome {
  const { run, now } = turn;
  const note = asking({ ...run, status: { ...run.status, ...status } }, now);
  return decided(turn, { status, note, events: [event('Normal', note)], requeueAfterMs: 0 });
}
