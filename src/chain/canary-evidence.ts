import { isDecided } from '../domain/attribution/attribute.ts';
import { type CanaryEvidence, isBack, type ObservedAlert } from '../domain/attribution/evidence.ts';
import { NONCE_LABEL } from '../domain/drills/marker.ts';
import type { NotificationCounters } from '../domain/ports/alertmanager.ts';
import type { Refusal } from '../domain/ports/drill-registry.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { failedTo, type Sortie } from './canary-scout.ts';
import { refusalsOf } from './drill.ts';
import type { HopContext } from './hop.ts';

/** Finding out why must not take the time in which it has to be said. */
const GATHER_MS = 1_500;

/** Whether Alertmanager itself already says of each canary still missing why it will not come. */
export async function allDecided(sorties: readonly Sortie[], receiver: string, ctx: HopContext): Promise<boolean> {
  const seen = await Promise.all(sorties.map(async sortie => (isMissing(sortie, receiver) ? observed(sortie, ctx) : sortie)));
  const canary = { receiver, replicas: seen.map(({ evidence }) => evidence), refusals: [] };
  return seen.every(sortie => !isMissing(sortie, receiver) || isDecided(sortie.evidence, canary));
}

export function isMissing({ evidence }: Sortie, receiver: string): boolean {
  return evidence.posted && !isBack(evidence, receiver);
}

/** Asks everybody who may know why canaries are missing. What cannot be asked is left out. */
export async function gathered(sorties: readonly Sortie[], receiver: string, outer: HopContext): Promise<CanaryEvidence> {
  const ctx = { ...outer, signal: AbortSignal.any([outer.signal, AbortSignal.timeout(GATHER_MS)]) };
  const missing = sorties.filter(sortie => isMissing(sortie, receiver));
  if (missing.length === 0) return { receiver, replicas: sorties.map(({ evidence }) => evidence), refusals: [] };
  const [seen, store] = await Promise.all([
    Promise.all(sorties.map(async sortie => (missing.includes(sortie) ? withGrowth(await observed(sortie, ctx), receiver, ctx) : sortie))),
    storeEvidence(missing, ctx),
  ]);
  const replicas = seen.map(({ evidence }) => evidence);
  const redirect = replicas.some(({ growth }) => (growth?.sent ?? 0) > 0) ? await publicRedirect(ctx) : undefined;
  return { receiver, replicas, ...store, ...(redirect !== undefined && { publicRedirect: redirect }) };
}

/** What Alertmanager says of the canary, with the silences and alerts behind the ids. */
async function observed(sortie: Sortie, { ports: { alertmanager }, signal }: HopContext): Promise<Sortie> {
  const { replica, evidence } = sortie;
  if (!replica) return sortie;
  try {
    const [state] = await alertmanager.alerts(replica, { label: NONCE_LABEL, value: evidence.nonce }, signal);
    if (!state) return sortie;
    const alert: ObservedAlert = {
      state,
      silences: await Promise.all(
        state.silencedBy.map(async id => (await alertmanager.silence(replica, id, signal).catch(unanswered)) ?? { id }),
      ),
      inhibitors: await Promise.all(
        state.inhibitedBy.map(
          async fingerprint => (await alertmanager.alertByFingerprint(replica, fingerprint, signal).catch(unanswered)) ?? { fingerprint },
        ),
      ),
    };
    return { ...sortie, evidence: { ...evidence, alert } };
  } catch (err) {
    return failedTo('read its alerts', sortie, err);
  }
}

async function withGrowth(sortie: Sortie, receiver: string, { ports: { alertmanager }, signal }: HopContext): Promise<Sortie> {
  const { replica, before, evidence } = sortie;
  if (!replica || !before) return sortie;
  const after = await alertmanager.counters(replica, { receiver }, signal).catch(unanswered);
  // Counters that went back began anew: Alertmanager was restarted, and nothing can be read from them.
  if (!after || after.sent < before.sent) return sortie;
  return { ...sortie, evidence: { ...evidence, growth: growthOf(before, after) } };
}

function growthOf(before: NotificationCounters, after: NotificationCounters): NotificationCounters {
  const reasons = Object.entries(after.failedByReason).map(([reason, count]) => [reason, count - (before.failedByReason[reason] ?? 0)]);
  return {
    sent: after.sent - before.sent,
    failed: after.failed - before.failed,
    requests: after.requests - before.requests,
    requestsFailed: after.requestsFailed - before.requestsFailed,
    failedByReason: Object.fromEntries(reasons),
  };
}

/** What our own server refused, and whether our store still knows what it waits for. */
async function storeEvidence(
  missing: readonly Sortie[],
  ctx: HopContext,
): Promise<{ refusals: readonly Refusal[]; storeFailure?: string }> {
  try {
    const nonces = missing.map(({ evidence }) => evidence.nonce);
    const refusals = await refusalsOf(nonces, ctx.startedAt, ctx);
    const live = await Promise.all(nonces.map(nonce => ctx.ports.drills.isLive(nonce, ctx.signal)));
    return live.every(Boolean)
      ? { refusals }
      : { refusals, storeFailure: 'it has forgotten the canary, as after a restart without its data' };
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return { refusals: [], storeFailure: excerpt(err.message) };
  }
}

/** A redirect in front of our own webhook is the one thing that Alertmanager counts as success and that we can see from here. */
async function publicRedirect({ ports: { http, publicUrl }, signal }: HopContext): Promise<string | undefined> {
  if (publicUrl === undefined) return undefined;
  const url = `${publicUrl.replace(/\/+$/, '')}/api/v1/webhooks/alertmanager`;
  try {
    await http.send({ method: 'GET', url, headers: { 'user-agent': 'awoooi-operator' } }, signal);
    return undefined;
  } catch (err) {
    return err instanceof PortError && err.detail === 'redirected' ? excerpt(err.message) : unanswered(err);
  }
}

function unanswered(err: unknown): undefined {
  if (err instanceof PortError) return undefined;
  throw err;
}
