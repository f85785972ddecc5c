import { durationMs } from '../../crds/duration.ts';
import type { StepStatus } from '../../crds/repairrun/status.ts';
import type { AlertTestimony } from '../../domain/ports/alert-witness.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { WorkloadState } from '../../domain/ports/repairs.ts';
import type { Hold } from '../../domain/repair/hold.ts';
import { type Judgement, judge, quietMs } from '../../domain/repair/judge.ts';
import { isForPeople } from '../../domain/repair/steps-of.ts';
import { concluded } from './after-deed.ts';
import { holdFor } from './checks.ts';
import { decided, held, placeOf, type RunOutcome, type RunTurn } from './turn.ts';

const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;
/** A store that is away longer than this beyond the time of verification leaves a run that nobody can judge. */
const PATIENCE_MS = 3_600_000;

/** Watches the alert until it is known whether the repair helped, or is clear that nobody can say. */
export async function verify(turn: RunTurn): Promise<RunOutcome> {
  const { run, now } = turn;
  if (run.spec.incidentId === undefined) {
    const message = 'The run is of no incident (spec.incidentId), so that no alert says whether it helped.';
    return concluded(turn, { phase: 'Unknown', reason: 'NoIncident', message });
  }
  const testimony = await testimonyOf(turn, run.spec.incidentId);
  if ('reason' in testimony) return unheard(turn, testimony);
  const { startedAt = now.toISOString(), verification } = run.status ?? {};
  const ruleSeen = await ruleSeenBy(turn, run.spec.incidentId, testimony);
  const judgement = judge({
    testimony,
    workload: await worst(turn),
    terms: run.spec.verify,
    begunAt: new Date(startedAt),
    doneAt: new Date(verification?.startedAt ?? now),
    resolvedAt: verification?.resolvedAt === undefined ? undefined : new Date(verification.resolvedAt),
    ruleSeen: ruleSeen === true,
    now,
  });
  return judgement.is === 'decided' ? concluded(turn, judgement) : watching(turn, judgement, ruleSeen);
}

/** Asked until somebody answers, and once seen remembered. Undefined: nobody can say yet. */
async function ruleSeenBy(turn: RunTurn, incidentId: string, { alert, timing }: AlertTestimony): Promise<boolean | undefined> {
  const { run, deps, ctx } = turn;
  const before = run.status?.verification?.ruleSeen;
  if (timing || before === true) return true;
  if (before !== undefined || alert !== 'firing') return before;
  try {
    return (await deps.ports.witness.ruleOf(incidentId, ctx.signal)) !== undefined;
  } catch (err) {
    if (err instanceof PortError) return undefined;
    throw err;
  }
}

async function testimonyOf({ run, deps, ctx, now }: RunTurn, incidentId: string): Promise<AlertTestimony | Hold> {
  try {
    return await deps.ports.witness.look(incidentId, new Date(run.status?.startedAt ?? now), ctx.signal);
  } catch (err) {
    return holdFor(err, run.metadata.namespace);
  }
}

function unheard(turn: RunTurn, hold: Hold): RunOutcome {
  const { run, now } = turn;
  const { verify } = run.spec;
  const doneMs = Date.parse(run.status?.verification?.startedAt ?? now.toISOString());
  if (now.getTime() < doneMs + durationMs(verify.window) + quietMs(verify, undefined) + PATIENCE_MS) return held(turn, hold);
  const message = `How the alert stands could not be read for too long, so that nothing can be said. ${hold.message}`;
  return concluded(turn, { phase: 'Unknown', reason: 'NoTestimony', message });
}

function watching(turn: RunTurn, open: Extract<Judgement, { is: 'open' }>, ruleSeen: boolean | undefined): RunOutcome {
  const { detail, until, resolvedAt, quietUntil } = open;
  const { run, now } = turn;
  const verification = {
    startedAt: run.status?.verification?.startedAt ?? now.toISOString(),
    ...(resolvedAt && { resolvedAt: resolvedAt.toISOString() }),
    ...(quietUntil && { quietUntil: quietUntil.toISOString() }),
    ...(ruleSeen !== undefined && { ruleSeen }),
    detail,
  };
  const leftMs = until.getTime() - now.getTime();
  const requeueAfterMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, leftMs));
  return decided(turn, { status: { verification }, note: { reason: 'Verifying', message: detail }, requeueAfterMs });
}

const BADNESS: readonly WorkloadState['is'][] = ['available', 'progressing', 'paused', 'unavailable', 'gone'];

/** How the workloads stand to which something was done; undefined where nobody can say of one of them. */
async function worst(turn: RunTurn): Promise<WorkloadState | 'none' | undefined> {
  const done = (turn.run.status?.steps ?? []).filter(({ action, effectTime }) => effectTime !== undefined && !isForPeople(action));
  if (done.length === 0) return 'none';
  const states = await Promise.all(done.map(step => stateOf(turn, step)));
  const known = states.filter(state => state !== undefined);
  if (known.length < states.length) return undefined;
  return known.toSorted((a, b) => BADNESS.indexOf(b.is) - BADNESS.indexOf(a.is))[0];
}

async function stateOf({ run, deps, ctx }: RunTurn, { index, intent }: StepStatus): Promise<WorkloadState | undefined> {
  if (!intent) return undefined;
  try {
    return await deps.ports.repairs.state(intent, placeOf(run, index), ctx.signal);
  } catch (err) {
    if (err instanceof PortError) return undefined;
    throw err;
  }
}
