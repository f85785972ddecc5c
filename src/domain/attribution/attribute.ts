import { apiFailed, inhibited, muted, notRouted, returnedElsewhere, routeMissing, silenced } from './api-findings.ts';
import { elapsed } from './elapsed.ts';
import { type CanaryEvidence, type CanaryVerdict, isBack, type Policy, type ReplicaEvidence } from './evidence.ts';
import { deliveredElsewhere, deliveryFailed, deliveryHangs, joinsAdvice, notDelivered, probablyMuted } from './metric-findings.ts';
import { probablyRefusedHere, refusedHere, refusedItsAddress, storeAway } from './own-refusals.ts';

/** Surest first: what our own server did, and what Alertmanager's API says of this alert. */
const OF_THIS_CANARY: readonly Policy[] = [
  refusedHere,
  storeAway,
  silenced,
  inhibited,
  muted,
  notRouted,
  returnedElsewhere,
  refusedItsAddress,
  apiFailed,
  probablyRefusedHere,
];
/** What Alertmanager's metrics say of all alerts, and what is left. */
const OF_ALL: readonly Policy[] = [deliveryFailed, deliveryHangs, deliveredElsewhere, probablyMuted, notDelivered];

/** The one verdict on all replicas' canaries; undefined when every one came back in time and every route leads here. */
export function attribute(canary: CanaryEvidence): CanaryVerdict | undefined {
  const lost = canary.replicas.flatMap(replica => lossOf(replica, canary) ?? []);
  if (lost.length > 0) return canary.replicas.some(replica => isBack(replica, canary.receiver)) ? partly(lost, canary) : wholly(lost);
  return firstOf([routeMissing, late, cutOff], canary);
}

/** What Alertmanager already says for sure, so that waiting on is of no use. */
export function isDecided(replica: ReplicaEvidence, canary: CanaryEvidence): boolean {
  return [silenced, inhibited, muted, notRouted].some(policy => policy(replica, canary) !== undefined);
}

function lossOf(replica: ReplicaEvidence, canary: CanaryEvidence): CanaryVerdict | undefined {
  if (isBack(replica, canary.receiver)) return undefined;
  return firstVerdict(isCutOff(replica, canary) ? OF_THIS_CANARY : [...OF_THIS_CANARY, ...OF_ALL], replica, canary);
}

/**
 * Replicas of a cluster send one after the other. While no more are missing than may still wait their turn, none of them is lost yet, and
 * their counters tell of other alerts.
 */
function isCutOff({ cutShort }: ReplicaEvidence, { replicas, receiver }: CanaryEvidence): boolean {
  const missing = replicas.filter(replica => replica.posted && !isBack(replica, receiver));
  return cutShort !== undefined && missing.length <= cutShort.stillWaiting;
}

const cutOff: Policy = (replica, { receiver }) => {
  const { name, budgetMs, cutShort } = replica;
  if (!cutShort || isBack(replica, receiver)) return undefined;
  const { waitedMs, peerWaitMs, neededMs } = cutShort;
  const needs = `${elapsed(peerWaitMs)} for its peers (peerTimeout) and ${elapsed(budgetMs - peerWaitMs)} more (latencyBudget)`;
  const message = `The timeout of the hop ends too early for the canary of Alertmanager ${name}: it may take ${needs}, and had ${elapsed(waitedMs)}. Raise timeout to at least ${Math.ceil(neededMs / 1000)}s.`;
  return { cause: 'NotConfigured', message };
};

function firstVerdict(policies: readonly Policy[], replica: ReplicaEvidence, canary: CanaryEvidence): CanaryVerdict | undefined {
  for (const policy of policies) {
    const verdict = policy(replica, canary);
    if (verdict) return verdict;
  }
  return undefined;
}

function firstOf(policies: readonly Policy[], canary: CanaryEvidence): CanaryVerdict | undefined {
  for (const policy of policies) {
    const [verdict] = canary.replicas.flatMap(replica => policy(replica, canary) ?? []);
    if (verdict) return verdict;
  }
  return undefined;
}

const late: Policy = replica => {
  const { name, back, budgetMs, plan } = replica;
  if (!back || back.afterMs <= budgetMs) return undefined;
  const why = plan?.joins ? joinsAdvice(plan.joins.groupIntervalMs) : 'See what delays it, or raise latencyBudget.';
  const message = `The canary of Alertmanager ${name} came back after ${elapsed(back.afterMs)}; its budget is ${elapsed(budgetMs)}. ${why}`;
  return { cause: 'DeliveredLate', message };
};

function wholly([first, ...others]: readonly CanaryVerdict[]): CanaryVerdict | undefined {
  if (!first) return undefined;
  const different = others.filter(({ cause }) => cause !== first.cause).map(({ message }) => message);
  return different.length === 0 ? first : { ...first, message: [first.message, ...different].join(' Besides: ') };
}

function partly(lost: readonly CanaryVerdict[], { replicas, receiver }: CanaryEvidence): CanaryVerdict {
  const arrived = replicas.flatMap(replica => (isBack(replica, receiver) ? [replica.name] : []));
  const why = lost.map(({ cause, message }) => `${cause}: ${message}`).join(' ');
  const message = `${arrived.length} of ${replicas.length} Alertmanagers delivered (${arrived.join(', ')}). ${why}`;
  return { cause: 'PartlyDelivered', message };
}
