import { END_QUARANTINE, type RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { readStored } from '../../crds/repairplaybook/parse.ts';
import type { RepairPlaybookStatus } from '../../crds/repairplaybook/status.ts';
import type { StoredRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import { posteriorAmong } from '../../domain/learning/posterior.ts';
import { requests } from '../../domain/objects/requests.ts';
import { lessonOf } from '../../domain/playbook/lesson.ts';
import { invalidPlaybook, type PlaybookConditions, playbookConditions, trustEvents } from '../../domain/playbook/playbook-conditions.ts';
import { playbookHash, stepsHash } from '../../domain/playbook/playbook-hash.ts';
import { pacedStats, playbookStats } from '../../domain/playbook/playbook-stats.ts';
import { type TrustDecision, trustOf } from '../../domain/playbook/trust.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { Context, Outcome, Reconcile } from '../../kube/reconcile.ts';
import type { PlaybookDeps } from './deps.ts';
import { type Known, knownOf } from './tried.ts';

type PlaybookOutcome = Outcome<RepairPlaybookStatus>;

const STORE_AGAIN_MS = 60_000;

/** Judges a playbook by what its runs have shown, and shows it. It does nothing outside: runs are made elsewhere, from what is shown here. */
export function playbookReconciler(deps: PlaybookDeps): Reconcile<StoredRepairPlaybook> {
  return async function reconcile(stored, ctx) {
    if (stored.metadata.deletionTimestamp !== undefined) return {};
    const { status: heard } = requests(stored);
    const parsed = readStored(stored);
    if (!parsed.ok) return { status: heard, conditions: invalidPlaybook(parsed.problems) };
    const known = await knownIfAnswered(parsed.object, { deps, ctx });
    return known ? judged(parsed.object, { known, heard, ctx }) : { undecided: true, requeueAfterMs: STORE_AGAIN_MS };
  };
}

interface Looking {
  readonly deps: PlaybookDeps;
  readonly ctx: Context;
}

type Judging = Pick<Looking, 'ctx'> & {
  readonly known: Known & { readonly decided: TrustDecision };
  readonly heard: ReturnType<typeof requests>['status'];
};

/**
 * Undefined where the store does not answer and all that was asked is shown already: what was true of thousands of playbooks stays true, and is not
 * written anew for each minute of an outage.
 */
async function knownIfAnswered(playbook: RepairPlaybook, looking: Looking): Promise<Judging['known'] | undefined> {
  try {
    return await learned(playbook, looking);
  } catch (err) {
    const { metadata, status } = playbook;
    const isShown = status?.observedGeneration === metadata.generation && status.stats !== undefined && !isAsked(playbook);
    if (err instanceof PortError && isShown) return undefined;
    throw err;
  }
}

async function learned(playbook: RepairPlaybook, { deps, ctx }: Looking): Promise<Judging['known']> {
  const [known, totals] = await Promise.all([knownOf(playbook, deps, ctx.signal), deps.totals(ctx.signal)]);
  const lesson = lessonOf(playbook);
  const decided = trustOf({
    record: known.record,
    steps: stepsHash(playbook.spec),
    before: playbook.status,
    release: playbook.metadata.annotations?.[END_QUARANTINE],
    boundOf: (counted, now) => posteriorAmong({ ...lesson, own: known.record.verified, counted }, totals, now),
    now: ctx.now(),
  });
  return { ...known, decided };
}

function isAsked(playbook: RepairPlaybook): boolean {
  const release = playbook.metadata.annotations?.[END_QUARANTINE];
  return requests(playbook).open || (release !== undefined && release !== playbook.status?.lastHandledRelease);
}

function judged(playbook: RepairPlaybook, { known, heard, ctx }: Judging): PlaybookOutcome {
  const { metadata, spec, status } = playbook;
  const { decided, tried } = known;
  const conditions = playbookConditions(playbook, decided);
  const hash = playbookHash(spec);
  const paced = pacedStats({
    before: status,
    wanted: playbookStats(tried, decided.bound, ctx.now()),
    turned: hasTurned(playbook, conditions),
    // An operator that reckons the hash otherwise shows it as it comes, too.
    written: isUrgent(playbook, decided) || status?.observedGeneration !== metadata.generation || status.hash !== hash || isAsked(playbook),
    now: ctx.now(),
  });
  if (paced.is === 'early') return { requeueAfterMs: paced.waitMs };
  return {
    status: { ...heard, ...decided.status, stats: paced.stats, hash },
    conditions,
    events: trustEvents(playbook, decided, conditions),
  };
}

/** Whether it is quarantined now: what may run by itself is told by the trust that is shown, and must not go by the former one for a while. */
function isUrgent({ status }: RepairPlaybook, { trust }: TrustDecision): boolean {
  return trust === 'Quarantined' && status?.trust !== 'Quarantined';
}

/** Whether a condition is another one now, of the same spec: by trust, or why it stands as it does. */
function hasTurned({ status }: RepairPlaybook, conditions: PlaybookConditions): boolean {
  return Object.entries(conditions).some(([type, { status: is, reason }]) => {
    const was = status?.conditions?.find(one => one.type === type);
    return was?.status !== is || was.reason !== reason;
  });
}
