import type { Incident } from '../incidents/incident.ts';

/** As the anomaly of an alert is made up: the first of these that it has names its workload. */
const WORKLOADS = ['deployment', 'statefulset', 'daemonset', 'service'];

/** What a silence must match to hold back this incident's alerts, whatever pod or instance they come from, and no others. */
export function silenceMatchers({ name, labels }: Pick<Incident, 'name' | 'labels'>): Record<string, string> {
  const workload = WORKLOADS.find(label => isGiven(labels[label]));
  const wanted = ['cluster', 'namespace', ...(workload === undefined ? [] : [workload])];
  const given = wanted.flatMap(label => (isGiven(labels[label]) ? [[label, labels[label] ?? '']] : []));
  return { alertname: labels['alertname'] ?? name, ...Object.fromEntries(given) };
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
