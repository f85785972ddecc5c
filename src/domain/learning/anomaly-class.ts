import { WORKLOAD_LABELS } from '../alerts/workload-labels.ts';
import type { Incident } from '../incidents/incident.ts';

/** `ALERTNAME/KIND`, by which anomalies teach one another; undefined where no label names a workload. The same for all incidents of an anomaly. */
export function anomalyClassOf({ name, labels }: Pick<Incident, 'name' | 'labels'>): string | undefined {
  const kind = WORKLOAD_LABELS.find(([, spellings]) => spellings.some(label => (labels[label] ?? '') !== ''))?.[0];
  return kind === undefined ? undefined : classOf(name, kind);
}

export function classOf(alertname: string, kind: string): string {
  return `${alertname}/${kind}`;
}
