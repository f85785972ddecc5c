import type { Incident } from '../incidents/incident.ts';

/** As the anomaly key spells them, the first that is there counts. */
const KINDS: readonly (readonly [kind: string, labels: readonly string[]])[] = [
  ['Deployment', ['deployment', 'k8s.deployment.name', 'k8s_deployment_name']],
  ['StatefulSet', ['statefulset', 'k8s.statefulset.name', 'k8s_statefulset_name']],
  ['DaemonSet', ['daemonset', 'k8s.daemonset.name', 'k8s_daemonset_name']],
];

/** `ALERTNAME/KIND`, by which anomalies teach one another; undefined where no label names a workload. The same for all incidents of an anomaly. */
export function anomalyClassOf({ name, labels }: Pick<Incident, 'name' | 'labels'>): string | undefined {
  const kind = KINDS.find(([, spellings]) => spellings.some(label => (labels[label] ?? '') !== ''))?.[0];
  return kind === undefined ? undefined : `${name}/${kind}`;
}
