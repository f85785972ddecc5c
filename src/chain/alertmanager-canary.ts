import type { HopSpec } from '../crds/alertchainprobe/hop.ts';
import type { HopResult } from '../domain/chain/hop-result.ts';
import { attribute } from '../domain/attribution/attribute.ts';
import { cutShort } from '../domain/attribution/budget.ts';
import { elapsed } from '../domain/attribution/elapsed.ts';
import { type CanaryEvidence, isBack } from '../domain/attribution/evidence.ts';
import { joinsAdvice } from '../domain/attribution/metric-findings.ts';
import { servedFamilies } from '../domain/attribution/served-families.ts';
import { isQuiet } from '../domain/drills/alert.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { allDecided, gathered, isMissing } from './canary-evidence.ts';
import { CANARY_DEFAULTS } from '../domain/routing/canary-alert.ts';
import { type CanaryBlock, failedTo, replicasOf, scout, type Sortie } from './canary-scout.ts';
import { type NonceOrder, registerNonces } from './drill.ts';
import { attempt, HopFailure } from './failure.ts';
import { failed, type HopContext, passed, unknown } from './hop.ts';
import { authorization } from './secrets.ts';

/** Older than group_wait by this much, so that a new group is notified at once whatever the clocks say. */
const BACKDATE_MARGIN_MS = 10_000;
/** A run that is cut off leaves nothing firing after two minutes. */
const FIRES_AT_MOST_MS = 110_000;
/** When to look for the first time whether Alertmanager already says why a canary will not come. */
const FIRST_LOOK_MS = 2_000;
/** How much longer than its budget a canary is waited for, so that a late one is told from a lost one. */
const GRACE_MS = 5_000;
const RESOLVE_WITHIN_MS = 1_500;
/**
 * Its resolution is told at its route's next group_interval, and again at each one while nobody takes it: unknown by then, a canary that
 * pages would be an alert.
 */
const REMEMBERED_MS = 12 * 3_600_000;
/** Left of the hop's time for asking why and for resolving. */
const RESERVE_MS = 3_500;

/**
 * Sends a canary into every Alertmanager behind the URLs and waits for each to come back through Alertmanager's own routing.
 * Whatever happens, the canaries are resolved at the end.
 */
export const alertmanagerCanary = attempt(async (hop, ctx) => {
  const given = { ...hop, alertmanager: hop.alertmanager ?? missing() };
  const access = { secrets: ctx.ports.secrets, namespace: ctx.request.namespace, signal: ctx.signal };
  const { headers } = await authorization(given.alertmanager.auth, access);
  const found = await replicasOf(given.alertmanager, headers['authorization'], ctx);
  const nonces = await registerNonces(hop, ctx, { count: found.length, ...afterlife(given.alertmanager) });
  const scouted = await Promise.all(
    found.map((sortie, i) => scout({ ...sortie, evidence: { ...sortie.evidence, nonce: nonces[i] ?? '' } }, given, ctx)),
  );
  const armed = served(scouted).map(sortie => withAlert(withinTime(sortie, ctx), given.alertmanager, ctx));

  try {
    const sent = await Promise.all(armed.map(sortie => send(sortie, ctx)));
    const waited = await awaited(sent, given.alertmanager.receiver, ctx);
    return resultOf(hop, await gathered(waited, given.alertmanager.receiver, ctx));
  } finally {
    await Promise.all(armed.map(sortie => resolve(sortie, ctx)));
  }
});

/** One that pages nobody is a drill by its marks alone. */
function afterlife({ labels }: CanaryBlock): NonceOrder {
  return isQuiet({ labels: { ...CANARY_DEFAULTS, ...labels } }) ? {} : { afterlifeMs: REMEMBERED_MS };
}

function served(sorties: readonly Sortie[]): Sortie[] {
  const tried = sorties.map(sortie => {
    const { evidence, replica } = sortie;
    const answered = evidence.apiFailure?.fault !== 'unreachable';
    return { sortie, url: replica?.url ?? evidence.name, address: evidence.address, answered };
  });
  return servedFamilies(tried).map(({ sortie }) => sortie);
}

function missing(): never {
  throw new HopFailure({ cause: 'NotConfigured', message: 'Give the hop a block alertmanager with urls and receiver.' });
}

/** Notes where the hop's time does not leave the budget, and what would. */
function withinTime(sortie: Sortie, { timeoutMs, elapsedMs }: HopContext): Sortie {
  const { evidence, budget } = sortie;
  const spentMs = elapsedMs();
  const cut = budget && cutShort(budget, Math.max(1, timeoutMs - spentMs - RESERVE_MS));
  if (!cut) return sortie;
  const neededMs = spentMs + evidence.budgetMs + GRACE_MS + RESERVE_MS;
  return { ...sortie, evidence: { ...evidence, cutShort: { ...cut, neededMs } } };
}

/**
 * The alert to send, in Alertmanager's own time, which may differ from ours. None where it is known to end elsewhere: it would only bother
 * whoever is there.
 */
function withAlert(sortie: Sortie, { receiver }: CanaryBlock, { ports, request, elapsedMs }: HopContext): Sortie {
  const { evidence, skewMs } = sortie;
  const { plan, name } = evidence;
  if (!plan || (plan.certain && !plan.ends.some(end => end.receiver === receiver))) return sortie;
  const now = ports.now().getTime() + skewMs;
  const waitMs = Math.max(0, ...plan.ends.map(end => end.groupWaitMs));
  const summary = `Canary of probe ${request.namespace}/${request.name} through ${name}: nothing is wrong and nothing is to be done.`;
  const times = { startsAt: new Date(now - waitMs - BACKDATE_MARGIN_MS), endsAt: new Date(now + FIRES_AT_MOST_MS) };
  return { ...sortie, sentAtMs: elapsedMs(), alert: { labels: plan.labels, annotations: { summary }, ...times } };
}

async function send(sortie: Sortie, ctx: HopContext): Promise<Sortie> {
  const { replica, alert, evidence } = sortie;
  if (!replica || !alert) return sortie;
  const out = { ...sortie, evidence: { ...evidence, posted: true } };
  try {
    await ctx.ports.alertmanager.post(replica, [alert], ctx.signal);
    return out;
  } catch (err) {
    // An answer that got lost says nothing of the canary; a refusal does.
    const lost = err instanceof PortError && (err.detail === 'timed-out' || err.detail === 'reset');
    return failedTo('post the canary', lost ? out : sortie, err);
  }
}

/** Ends when all are back, when Alertmanager says why the rest will not come, or when time is up. */
async function awaited(sorties: readonly Sortie[], receiver: string, ctx: HopContext): Promise<readonly Sortie[]> {
  const early = await Promise.all(sorties.map(sortie => awaitReturn(sortie, { receiver, untilMs: FIRST_LOOK_MS }, ctx)));
  if (!early.some(sortie => isMissing(sortie, receiver)) || (await allDecided(early, receiver, ctx))) return early;
  return Promise.all(early.map(sortie => awaitReturn(sortie, { receiver, untilMs: sortie.evidence.budgetMs + GRACE_MS }, ctx)));
}

/** Waits until this long after the sending, as far as the hop's time allows. A return through another receiver ends no wait. */
async function awaitReturn(
  sortie: Sortie,
  { receiver, untilMs }: { readonly receiver: string; readonly untilMs: number },
  { elapsedMs, timeoutMs, signal, ports }: HopContext,
): Promise<Sortie> {
  if (!isMissing(sortie, receiver)) return sortie;
  const { evidence, sentAtMs } = sortie;
  const leftMs = Math.min(sentAtMs + untilMs, timeoutMs - RESERVE_MS) - elapsedMs();
  const until = AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.round(leftMs)))]);
  const [back] = await ports.drills.awaitReturns([evidence.nonce], until, receiver).catch(nothingOf);
  if (!back) return sortie;
  const through = back.receiver === undefined ? {} : { receiver: back.receiver };
  return { ...sortie, evidence: { ...evidence, back: { afterMs: elapsedMs() - sentAtMs, ...through } } };
}

/** A store that is away shows again when the evidence is gathered, where it can be said. */
function nothingOf(err: unknown): [] {
  if (err instanceof PortError) return [];
  throw err;
}

/**
 * Whether it went in or not, nothing must stay firing; what cannot be resolved ends by itself at its endsAt.
 * Counted from the sending: by a wall clock that was set meanwhile, the canary might end in the future.
 */
async function resolve({ replica, alert, sentAtMs }: Sortie, { ports, elapsedMs }: HopContext): Promise<void> {
  if (!replica || !alert) return;
  const endsAt = new Date(alert.endsAt.getTime() - FIRES_AT_MOST_MS + elapsedMs() - sentAtMs - 1_000);
  await ports.alertmanager.post(replica, [{ ...alert, endsAt }], AbortSignal.timeout(RESOLVE_WITHIN_MS)).catch(nothingOf);
}

function resultOf(hop: HopSpec, evidence: CanaryEvidence): HopResult {
  const verdict = attribute(evidence);
  const times = evidence.replicas.flatMap(replica => (isBack(replica, evidence.receiver) ? (replica.back?.afterMs ?? []) : []));
  const facts = times.length === 0 ? {} : { latencyMs: Math.max(...times) };
  // What was not waited for long enough is not known to be lost.
  if (verdict) return (verdict.cause === 'NotConfigured' ? unknown : failed)(hop, { ...verdict, ...facts });
  const { replicas, receiver } = evidence;
  const joins = replicas.find(({ plan }) => plan?.joins)?.plan?.joins;
  const count = replicas.length === 1 ? 'The canary came back' : `All ${replicas.length} canaries came back`;
  const message = `${count} through receiver "${receiver}" within ${elapsed(facts.latencyMs ?? 0)}.`;
  return passed(hop, joins ? `${message} ${joinsAdvice(joins.groupIntervalMs)}` : message, facts);
}
