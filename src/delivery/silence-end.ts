import { anomalyKey } from '../domain/alerts/anomaly-key.ts';
import { isSilenced } from '../domain/cards/buttons.ts';
import { holdsBack } from '../domain/drills/holds-back.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import { SILENCE_END } from '../domain/incidents/told.ts';
import type { ChainState } from '../domain/ports/chain-state.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Work } from '../domain/ports/outbox.ts';
import type { Delivered, DeliveryChannel, Postponed } from './channel.ts';
import { heldBecause } from './settling.ts';
import { type AskedAlertmanagers, stillListed } from './still-listed.ts';

export interface SilenceEndDeps {
  readonly incidents: Pick<IncidentStore, 'silenced' | 'holdOpen' | 'endUnheard'>;
  readonly alertmanagers: AskedAlertmanagers;
  readonly chains: Pick<ChainState, 'broken'>;
  /** Who is told of what becomes of the incident. */
  readonly tell: readonly string[];
  /** For so long nobody may have had an alert of it. */
  readonly settleMs: number;
  readonly now: () => Date;
}

/** Prometheus says within a minute or two that an alert fires, but an Alertmanager that was just started does not know of it. */
const UP_FOR_SETTLES = 5;
const HELD_FOR_MS = 30_000;
const AT_LEAST_MS = 1_000;

const NEVER_HEARD =
  'no Alertmanager of AWOOOI_ALERTMANAGER_URLS had an alert of it while it was silenced, so that nobody can be asked whether it ended; resolve it by hand';
const DETAIL = 'its alerts ended while they were silenced, of which Alertmanager tells nobody: no Alertmanager has one of them any more';

/**
 * Waits for the end of an incident's silence, or is woken by the button that ends it. The card then shows the silence no longer, and an
 * incident whose alerts ended meanwhile resolves: of what ends while it is silenced Alertmanager sends nothing, and forgets it. What it
 * does not know of is never taken for ended.
 */
export function silenceEndChannel(deps: SilenceEndDeps): DeliveryChannel {
  return {
    name: SILENCE_END,
    async deliver({ incident: given, work }, signal) {
      const incident = await withoutSilenceThatIsOver(given, deps, signal);
      if (!incident) return { is: 'skipped', reason: 'the incident is gone' };
      if (incident.silence) {
        const heard = await heardOf(incident, work.memo, { deps, signal });
        return later(incident.silence.endsAt.getTime() - deps.now().getTime(), heard);
      }
      if (incident.status === 'resolved') return skipped(incident, 'it has resolved');
      if (anomalyKey('alertmanager', incident.labels) !== incident.anomalyKey) {
        return skipped(incident, 'its labels are too long to look for its alerts at Alertmanager; resolve it by hand');
      }
      const listing = await stillListed(incident, deps.alertmanagers, signal);
      if (listing.is === 'listed') return skipped(incident, 'the silence is over, and an alert of it still fires');
      if (work.memo['heard'] === undefined) return skipped(incident, NEVER_HEARD);
      return gone({ incident, memo: work.memo, upForMs: listing.upForMs }, deps, signal);
    },
  };
}

/** Absence says something only of what was there: the alert may be with an Alertmanager that nobody here is told to ask, or with none. */
async function heardOf(
  incident: Incident,
  { heard }: Work['memo'],
  { deps, signal }: { readonly deps: SilenceEndDeps; readonly signal: AbortSignal },
): Promise<Work['memo']> {
  const isHeard = heard !== undefined || (await stillListed(incident, deps.alertmanagers, signal)).is === 'listed';
  return isHeard ? { heard: 'yes' } : {};
}

/** As of what was looked at: the change that ended the silence was our own. */
function skipped({ revision }: Incident, reason: string): Delivered {
  return { is: 'skipped', reason, memo: {}, revision };
}

async function withoutSilenceThatIsOver(
  incident: Incident,
  { incidents, tell, now }: SilenceEndDeps,
  signal: AbortSignal,
): Promise<Incident | undefined> {
  const { id, silence } = incident;
  if (!silence || isSilenced(incident, now())) return incident;
  const changed = await incidents.silenced(id, { silence: undefined, ended: silence.id, who: 'operator', tell }, signal);
  return changed.is === 'missing' ? undefined : changed.incident;
}

interface Gone {
  readonly incident: Incident;
  readonly memo: Work['memo'];
  readonly upForMs: number;
}

/** Nobody has its alerts. That has to stay so for the settling time: they may only have lost their voice, which the Watchdog tells within it. */
async function gone({ incident, memo, upForMs }: Gone, deps: SilenceEndDeps, signal: AbortSignal): Promise<Delivered> {
  const { incidents, chains, tell, settleMs, now } = deps;
  const { id, revision } = incident;
  const goneSince = memo['goneSince'] ?? now().toISOString();
  const leftMs = Math.max(Date.parse(goneSince) + settleMs - now().getTime(), UP_FOR_SETTLES * settleMs - upForMs);
  if (leftMs > 0) return later(leftMs, { ...memo, goneSince });
  const chain = holdsBack(await chains.broken(signal), incident);
  if (chain) {
    await incidents.holdOpen(id, { detail: heldBecause(chain), tell }, signal);
    // Looked at from the beginning: what fires again after an outage of Prometheus does so a while after its Watchdog.
    return later(HELD_FOR_MS, { heard: 'yes' });
  }
  const ended = await incidents.endUnheard(id, { revision, detail: DETAIL, tell }, signal);
  // Where it has changed meanwhile it is not resolved, and a newer revision than was delivered brings the work back.
  return ended.is === 'changed'
    ? { is: 'delivered', memo: {}, revision: ended.incident.revision }
    : { is: 'delivered', memo: { ...memo, goneSince } };
}

function later(afterMs: number, memo: Work['memo']): Postponed {
  return { is: 'postponed', afterMs: Math.max(AT_LEAST_MS, afterMs), memo, anew: true };
}
