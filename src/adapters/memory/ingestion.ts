import { storable } from '../../domain/incidents/bounds.ts';
import type { Incident } from '../../domain/incidents/incident.ts';
import { type Judgement, judge, type Memory } from '../../domain/incidents/judgement.ts';
import { frequencyOf, occurred, opened, settled } from '../../domain/incidents/occurrence.ts';
import type { Outcome } from '../../domain/incidents/outcome.ts';
import { partitionOf } from '../../domain/incidents/partition.ts';
import type { Ingest } from '../../domain/ports/incident-store.ts';
import type { Anomalies, Anomaly } from './anomalies.ts';
import type { MemoryIncidentStoreOptions } from './incident-store.ts';

type Of<Is extends Judgement['is']> = Extract<Judgement, { is: Is }>;

/** Carries out what the domain makes of each message. */
export function ingestion(
  { now, reopenWithinMs, bell, deliveries, kept }: MemoryIncidentStoreOptions,
  { due, known }: { readonly due: Map<string, number>; readonly known: Anomalies },
): (ingest: Ingest) => Outcome {
  function carryOut(judgement: Judgement, ingest: Ingest, anomaly: Anomaly | undefined): Outcome {
    if (judgement.is === 'unknown') return { word: 'unknown' };
    if (judgement.is === 'same') {
      const { as, is: _, names, ...of } = judgement;
      if (names) known.name(ingest.alert);
      return { word: as, ...of };
    }
    const incidentId = judgement.is === 'resolution' ? resolve(judgement, ingest, anomaly) : count(judgement, ingest, anomaly);
    bell.ring(partitionOf(ingest.alert.anomalyKey));
    return { word: judgement.is === 'occurrence' && judgement.makes === 'opened' ? 'opened' : 'accepted', incidentId };
  }

  function count(judgement: Of<'occurrence'>, { alert, newId, told }: Ingest, before: Anomaly | undefined): string {
    const current = judgement.makes === 'opened' ? undefined : kept.get(before?.incidentId ?? '');
    if (!current) before?.standings.clear();
    const anomaly = known.count(alert, now());
    const of = { alert, now: now(), frequency: frequencyOf([...anomaly.counted.values()], now().getTime()) };
    const next = current ? occurred(current, judgement, of) : opened({ id: newId, firstSeen: anomaly.firstSeen }, of);
    anomaly.incidentId = next.id;
    kept.set(next.id, next);
    due.delete(next.id);
    const anew = judgement.makes !== 'aggregated';
    deliveries.tell(next.id, anew ? told.onOpen : told.onChange, anew || judgement.worse);
    if (anew || (judgement.worse && judgement.severity === 'critical')) deliveries.schedule(next.id, told.later);
    return next.id;
  }

  function resolve(judgement: Of<'resolution'>, { alert, told, settleMs }: Ingest, anomaly: Anomaly | undefined): string {
    const incident = kept.get(anomaly?.incidentId ?? '');
    const standing = anomaly?.standings.get(alert.fingerprint);
    if (!anomaly || !incident || !standing) throw new Error('what is not remembered was judged to resolve');
    anomaly.standings.set(alert.fingerprint, { ...standing, status: 'resolved' });
    kept.set(incident.id, settled(incident, judgement, { endsAt: alert.endsAt, now: now() }));
    if (judgement.ends === 'once-settled') due.set(incident.id, now().getTime() + settleMs);
    deliveries.tell(incident.id, told.onChange, false);
    return incident.id;
  }

  return given => {
    const ingest = { ...given, alert: storable(given.alert) };
    const at = now().getTime();
    const { anomaly, memory } = known.recall(ingest.alert, at);
    const incident = anomaly && kept.get(anomaly.incidentId);
    const judgement = judge(ingest, { ...memory, ...(incident && { incident: standingOf(incident) }) }, { now: at, reopenWithinMs });
    const outcome = carryOut(judgement, ingest, anomaly);
    if (outcome.word !== 'unknown' && outcome.word !== 'request') known.requested(ingest.alert, outcome.incidentId ?? '', at);
    return outcome;
  };
}

function standingOf({ id, status, severity, firing, resolvedAt }: Incident): NonNullable<Memory['incident']> {
  return { id, status, severity, firing, ...(resolvedAt && { resolvedAt: resolvedAt.getTime() }) };
}
