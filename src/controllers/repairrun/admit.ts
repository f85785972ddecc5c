import type { Incident } from '../../domain/incidents/incident.ts';
import { matching } from '../../domain/playbook/match.ts';
import { stepsHash } from '../../domain/playbook/playbook-hash.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { approvalIdOf } from '../../domain/repair/approval-id.ts';
import { differenceFrom } from '../../domain/repair/difference.ts';
import { type Gate, gate, type GateIncident } from '../../domain/repair/gate.ts';
import { asking, standingOf } from '../../domain/repair/next-run-step.ts';
import { after } from '../../domain/repair/run-times.ts';
import { begin } from './begin.ts';
import { holdFor } from './checks.ts';
import { expire } from './finish.ts';
import { renewForTarget } from './renew.ts';
import { decided, event, held, type RunOutcome, type RunPatch, type RunTurn } from './turn.ts';

/**
 * A new run: refused where it is none that its playbook makes, on at once where the gate is open and nothing holds it back, else it asks
 * people. It is compared this once: neither its steps nor a playbook of this hash ever change.
 */
export async function admit(turn: RunTurn): Promise<RunOutcome> {
  const { run, playbook } = turn;
  let incident: Incident | undefined;
  try {
    incident = await incidentOf(turn);
  } catch (err) {
    return held(turn, holdFor(err, run.metadata.namespace));
  }
  const difference = playbook && differenceFrom(playbook, run, incident);
  if (difference?.reason === 'TargetDiffers') return renewForTarget(turn, difference);
  return difference ? expire(turn, difference) : admitted(turn);
}

async function admitted(turn: RunTurn): Promise<RunOutcome> {
  const { run } = turn;
  const base = askedNow(turn);
  if (run.spec.mode !== 'Automatic' || standingOf(run, turn.playbook) !== 'same') return asks(turn, base);
  const asked = await askGate(turn);
  if (!asked.open) return asks(turn, { ...base, gate: asked.says });
  const allowed = { ...base, ...passed(turn, asked) };
  const begun = await begin({ ...turn, run: { ...run, status: { ...run.status, ...allowed } } }, { index: 0, by: 'gate' });
  return { ...begun, status: { ...allowed, ...begun.status }, requeueAfterMs: 0 };
}

async function incidentOf({ run, deps, ctx }: Pick<RunTurn, 'run' | 'deps' | 'ctx'>): Promise<Incident | undefined> {
  const { incidentId } = run.spec;
  return incidentId === undefined ? undefined : deps.ports.incidents.find(incidentId, ctx.signal);
}

/** Asked again whenever a run that it let pass is held back. */
export async function askGate(turn: RunTurn): Promise<Gate> {
  const { run, playbook, deps, ctx } = turn;
  const { limits, ledger } = deps;
  if (!playbook) return { open: false, says: 'The playbook is not there.' };
  await ledger.primed(ctx.signal);
  const breaker = { begun: ledger.begunLately(run.metadata.uid), most: limits.breakerRuns };
  const facts = { run, playbook, automaticTier: limits.automaticTier, breaker };
  // Nobody need be asked where the answer is no anyhow.
  const first = gate({ ...facts, incident: { matches: true, status: 'open', alert: 'firing' } });
  return first.open ? gate({ ...facts, incident: await seen(turn) }) : first;
}

/** A run holds no labels, and the incident may be another than it was: it is looked at anew. */
async function seen({ run, playbook, deps, ctx, now }: RunTurn): Promise<GateIncident | undefined> {
  try {
    const incident = await incidentOf({ run, deps, ctx });
    if (!incident || !playbook) return undefined;
    const { alert } = await deps.ports.witness.look(incident.id, now, ctx.signal);
    return { matches: matching([playbook], incident).length > 0, status: incident.status, alert };
  } catch (err) {
    if (err instanceof PortError) return undefined;
    throw err;
  }
}

/** That the gate let it pass is on record, since a run that is held back now may begin later. */
function passed({ now }: RunTurn, { says }: Gate): RunPatch {
  return { gate: says, approvals: [{ by: 'gate', via: 'gate', decision: 'Approve', time: now.toISOString() }] };
}

function askedNow({ run, playbook, now }: RunTurn): RunPatch {
  const requestedAt = now.toISOString();
  return {
    phase: 'AwaitingApproval',
    approvalId: approvalIdOf(run.metadata),
    requestedAt,
    expiresAt: after(requestedAt, run.spec.approval.expiresAfter).toISOString(),
    ...(playbook && { stepsHash: stepsHash(playbook.spec) }),
  };
}

function asks(turn: RunTurn, status: RunPatch): RunOutcome {
  const { run, now } = turn;
  const note = asking({ ...run, status: { ...run.status, ...status } }, now);
  return decided(turn, { status, note, events: [event('Normal', note)], requeueAfterMs: 0 });
}
