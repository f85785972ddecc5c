import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { namespaceOf } from '../alerts/anomaly-key.ts';
import type { Incident } from '../incidents/incident.ts';

type Matched = Pick<Incident, 'anomalyKey' | 'name' | 'labels'>;

/**
 * The playbooks that are for this incident and may be used. A playbook acts in its own namespace alone: where the alert names one, it is for
 * the playbooks of that.
 */
export function matching(playbooks: readonly RepairPlaybook[], incident: Matched): RepairPlaybook[] {
  const namespace = namespaceOf(incident.labels);
  return playbooks.filter(playbook => {
    const there = namespace === '' || playbook.metadata.namespace === namespace;
    return there && isUsable(playbook) && isFor(playbook, incident);
  });
}

function isUsable({ metadata, spec, status }: RepairPlaybook): boolean {
  return !spec.suspend && status?.trust !== 'Quarantined' && metadata.deletionTimestamp === undefined;
}

/** A label that the alert does not have is one that is empty, as in Prometheus. */
export function isFor({ spec: { match } }: RepairPlaybook, { anomalyKey, name, labels }: Matched): boolean {
  if (match.anomalyKey !== undefined) return match.anomalyKey === anomalyKey;
  return match.alertname === name && Object.entries(match.labels ?? {}).every(([label, value]) => (labels[label] ?? '') === value);
}
