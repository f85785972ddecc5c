import type { AlertSource } from '../alerts/alert.ts';
import { holdsBack } from '../drills/holds-back.ts';
import type { Incident } from '../incidents/incident.ts';
import type { RuleTiming } from '../ports/alert-rule-timings.ts';
import type { AlertTestimony, AlertWitness } from '../ports/alert-witness.ts';
import type { ChainState } from '../ports/chain-state.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import { HEARD_WITHIN_MS, type WatchdogSighting, type WatchdogSightings } from '../ports/watchdog-sightings.ts';
import type { LastCanary } from './last-canary.ts';

export interface WitnessDeps {
  readonly incidents: Pick<IncidentStore, 'find'>;
  readonly chains: Pick<ChainState, 'broken'>;
  readonly watchdogs: Pick<WatchdogSightings, 'list'>;
  /** When something that each probe sent last came back by the way of this sender. */
  readonly lastCanaries: (source: AlertSource) => readonly LastCanary[];
  /** Of the rule that the alert is of, where that is known. */
  readonly timingOf: (incident: Pick<Incident, 'source' | 'name'>, signal: AbortSignal) => Promise<RuleTiming | undefined>;
  readonly now: () => Date;
}

/** What the incident, the Watchdogs and the probes say. Silence alone is never taken for an alert that resolved. */
export function alertWitness(deps: WitnessDeps): AlertWitness {
  return {
    async look(incidentId, since, signal) {
      const incident = await deps.incidents.find(incidentId, signal);
      if (!incident) return { alert: 'gone', chain: 'unheard', detail: 'The incident is not known any more.' };
      const chain = await chainOf(incident, { deps, since, signal });
      const alert = alertOf(incident);
      // Only silence is measured by it: what fires still need not wait for whoever knows the rule.
      const timing = alert.alert === 'resolved' ? await deps.timingOf(incident, signal) : undefined;
      return { ...alert, ...chain, ...(timing && { timing }), detail: `${sentenceOf(incident)} ${chain.detail}` };
    },
    async ruleOf(incidentId, signal) {
      const incident = await deps.incidents.find(incidentId, signal);
      return incident && deps.timingOf(incident, signal);
    },
  };
}

function alertOf({
  firing,
  quietSince,
  endedAt,
  lastSeen,
}: Incident): Pick<AlertTestimony, 'alert' | 'resolvedAt' | 'endedAt' | 'lastFiredAt'> {
  if (firing > 0) return { alert: 'firing', lastFiredAt: lastSeen };
  return { alert: 'resolved', lastFiredAt: lastSeen, ...(quietSince && { resolvedAt: quietSince, ...(endedAt && { endedAt }) }) };
}

function sentenceOf({ firing, quietSince, source }: Incident): string {
  if (firing > 0) return firing === 1 ? 'Its alert fires.' : `${firing} of its alerts fire.`;
  return quietSince ? `${source} said at ${quietSince.toISOString()} that the last of its alerts had resolved.` : 'No alert of it fires.';
}

interface Looking {
  readonly deps: WitnessDeps;
  readonly since: Date;
  readonly signal: AbortSignal;
}

async function chainOf(
  incident: Incident,
  { deps, since, signal }: Looking,
): Promise<Pick<AlertTestimony, 'chain' | 'aliveSince' | 'detail'>> {
  const broken = holdsBack(await deps.chains.broken(signal), incident);
  if (broken) return { chain: 'broken', detail: `A Watchdog of ${incident.source} is silent since ${broken.since.toISOString()}.` };
  const from = new Date(Math.max(since.getTime(), deps.now().getTime() - HEARD_WITHIN_MS));
  const sign = await lastSign(incident, { deps, from, signal });
  if (sign && sign.at >= from) {
    const { at, steadySince } = sign;
    return { chain: 'alive', detail: `The chain was last heard at ${at.toISOString()}.`, ...(steadySince && { aliveSince: steadySince }) };
  }
  const last = sign ? `was last heard at ${sign.at.toISOString()}` : 'was never heard';
  const detail = `The chain of ${incident.source} ${last}: let a Watchdog be sent, or probe it with an AlertChainProbe.`;
  return { chain: 'unheard', detail };
}

/** `steadySince` where it is known that there was no gap since. */
type Sign = Pick<WatchdogSighting, 'at' | 'steadySince'>;

/**
 * A canary comes from Alertmanager: with a Prometheus that is dead it goes on, while alerts resolve for want of it. Where a Watchdog is known it
 * alone counts.
 */
async function lastSign(
  { source, labels }: Incident,
  { deps, from, signal }: Omit<Looking, 'since'> & { readonly from: Date },
): Promise<Sign | undefined> {
  const sightings = source === 'sentry' ? [] : await deps.watchdogs.list(source, signal);
  const above = sightings.filter(sighting => isAbove(sighting, { source, labels }));
  if (above.length === 0) return bestCanary(deps.lastCanaries(source), from);
  return above.filter(({ status }) => status === 'firing').toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
}

/** Of those that came back since then the one that has done so for longest without a gap, else the newest. */
function bestCanary(canaries: readonly LastCanary[], from: Date): LastCanary | undefined {
  const longest = canaries.filter(({ at }) => at >= from).toSorted((a, b) => a.steadySince.getTime() - b.steadySince.getTime())[0];
  return longest ?? canaries.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
}

/** A Watchdog of the same Prometheus and cluster, as far as both say. */
function isAbove({ source, labels }: WatchdogSighting, incident: Pick<Incident, 'source' | 'labels'>): boolean {
  return holdsBack([{ source, labels, since: new Date(0) }], incident) !== undefined;
}
