import { hash } from 'node:crypto';
import type { AlertSource } from './alert.ts';
import { WORKLOAD_LABELS } from './workload-labels.ts';

/** A change of the recipe is a new version, and a migration of what was learned (DESIGN.md section 5). */
const VERSION = 'v1';
const DIGITS = 16;

type Labels = Readonly<Record<string, string>>;

/** How each part is spelled, as workloads are. */
const CLUSTER = ['cluster', 'k8s.cluster.name', 'k8s_cluster_name'];
const NAMESPACE = ['namespace', 'k8s.namespace.name', 'k8s_namespace_name'];
const WORKLOADS: readonly (readonly [kind: string, spellings: readonly string[]])[] = [
  ...WORKLOAD_LABELS.map(([kind, spellings]) => [kind.toLowerCase(), spellings] as const),
  ['service', ['service', 'service.name', 'service_name']],
];

/**
 * Which kind of trouble an alert is: its source, name, cluster, namespace and workload. Pods, instances and replica hashes do not count,
 * for they are others after each rollout.
 */
export function anomalyKey(source: AlertSource, labels: Labels): string {
  const parts = [source, labels['alertname'] ?? '', first(labels, CLUSTER), first(labels, NAMESPACE), ...workloadOf(labels)];
  // As JSON, so that no text can reach over into the next part.
  return `${VERSION}-${hash('sha256', JSON.stringify(parts), 'hex').slice(0, DIGITS)}`;
}

function workloadOf(labels: Labels): readonly string[] {
  for (const [kind, spellings] of WORKLOADS) {
    const name = first(labels, spellings);
    if (name !== '') return [kind, name];
  }
  return [];
}

/** The namespace that an alert is about; empty where it says none. */
export function namespaceOf(labels: Labels): string {
  return first(labels, NAMESPACE);
}

/** An empty label is one that is not there, as in Prometheus. */
function first(labels: Labels, spellings: readonly string[]): string {
  for (const name of spellings) {
    const value = labels[name];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}

/**
 * The labels by which an alert belongs to its anomaly and to no other: its name, those that count, and, with an empty text, those that
 * would count in their place were they there.
 */
export function tellingLabels(labels: Labels): Record<string, string> {
  const parts = [CLUSTER, NAMESPACE, WORKLOADS.flatMap(([, spellings]) => spellings)];
  return Object.fromEntries([['alertname', labels['alertname'] ?? ''], ...parts.flatMap(spellings => upToTheFirst(labels, spellings))]);
}

function upToTheFirst(labels: Labels, spellings: readonly string[]): (readonly [string, string])[] {
  const at = spellings.findIndex(name => (labels[name] ?? '') !== '');
  return spellings.slice(0, at < 0 ? spellings.length : at + 1).map(name => [name, labels[name] ?? '']);
}
