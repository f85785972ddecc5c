import { PortError } from '../../domain/ports/port-error.ts';
import { comparesUntil, comparison, type ReportedOutcome } from '../../domain/repair/comparison.ts';
import { surplus, USUAL_LIMITS } from '../../domain/repair/history.ts';
import type { Emission } from '../../kube/reconcile.ts';
import { learn } from './finish.ts';
import { event, type RunOutcome, type RunPatch, type RunTurn } from './turn.ts';

const LEARN_AGAIN_MS = 15_000;
const COMPARE_AGAIN_MS = 30_000;
const MOST_OUTCOMES = 20;

/** What is left to do for a run that has ended. */
export async function rest(turn: RunTurn): Promise<RunOutcome> {
  const learned = await learnedAtLast(turn);
  const compared = await comparedWithPeople(turn);
  const late = lateDecisions(turn);
  await tidied(turn);
  const status = { ...learned.status, ...compared.status, ...late.status };
  const waits = [learned.againMs, compared.againMs].filter(ms => ms !== undefined);
  return {
    ...(Object.keys(status).length > 0 && { status, exclusive: true }),
    ...(late.events && { events: late.events }),
    ...(waits.length > 0 && { requeueAfterMs: Math.min(...waits) }),
  };
}

interface Done {
  readonly status?: RunPatch;
  readonly againMs?: number;
  readonly events?: readonly Emission[];
}

async function learnedAtLast(turn: RunTurn): Promise<Done> {
  if (turn.run.status?.learned !== false) return {};
  return (await learn(turn)) === false ? { againMs: LEARN_AGAIN_MS } : { status: { learned: true } };
}

/** Of a Shadow run: what people did about the same anomaly. */
async function comparedWithPeople(turn: RunTurn): Promise<Done> {
  const { run, now, deps } = turn;
  const until = comparesUntil(run);
  if (!until) return {};
  try {
    const compared = comparison(run, { reported: await reported(turn), runs: deps.ports.objects.runs() }, now);
    const leftMs = until.getTime() - now.getTime();
    const againMs = leftMs > 0 ? Math.min(COMPARE_AGAIN_MS, leftMs) : COMPARE_AGAIN_MS;
    return { status: { comparison: compared }, ...(compared.comparedAt === undefined && { againMs }) };
  } catch (err) {
    if (err instanceof PortError) return { againMs: COMPARE_AGAIN_MS };
    throw err;
  }
}

async function reported({ run, deps, ctx }: RunTurn): Promise<readonly ReportedOutcome[]> {
  const { anomalyKey = '' } = run.spec;
  const { learning } = deps.ports;
  const { actions } = await learning.anomaly(anomalyKey, ctx.signal);
  const ask = (action: string) => learning.outcomes({ anomalyKey, action, limit: MOST_OUTCOMES }, ctx.signal);
  return (await Promise.all(actions.map(({ action }) => ask(action)))).flat();
}

/** Somebody approved what waits no longer, and should not believe that it runs. */
function lateDecisions({ run }: RunTurn): Done {
  const { approvals = [], late = [] } = run.status ?? {};
  const known = new Set([...approvals.map(({ by }) => by), ...late]);
  const news = run.spec.approvals.map(({ by }) => by).filter(by => !known.has(by));
  if (news.length === 0) return {};
  const message = `The decision of ${news.join(', ')} came too late and does not count: the run is ${run.status?.phase}.`;
  return { status: { late: [...late, ...news] }, events: [event('Warning', { reason: 'DecisionTooLate', message })] };
}

/** Deletes what the playbook keeps no longer. */
async function tidied({ run, playbook, now, deps, ctx }: RunTurn): Promise<void> {
  const { namespace } = run.metadata;
  const { name } = run.spec.playbookRef;
  const runs = deps.ports.objects
    .runs()
    .filter(({ metadata, spec }) => metadata.namespace === namespace && spec.playbookRef.name === name && !metadata.deletionTimestamp);
  for (const { metadata } of surplus(runs, playbook?.spec ?? USUAL_LIMITS, now)) {
    ctx.fence();
    try {
      await deps.ports.objects.remove({ namespace, name: metadata.name, uid: metadata.uid }, ctx.signal);
    } catch (err) {
      // Too many are kept until the next look.
      if (err instanceof PortError) return;
      throw err;
    }
  }
}
