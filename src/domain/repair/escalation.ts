import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import { tierOfSteps } from './steps-of.ts';

export type Suggestion =
  | { readonly is: 'playbook'; readonly playbook: RepairPlaybook }
  /** Nothing is left that has not been tried: people are called. */
  | { readonly is: 'people' };

type Troubled = Pick<Incident, 'anomalyKey' | 'name' | 'labels'>;

/** Whether a playbook is for an incident. Its runs act in its own namespace alone: trouble elsewhere is not for it. */
export function matchesIncident({ spec: { match }, metadata }: Pick<RepairPlaybook, 'spec' | 'metadata'>, incident: Troubled): boolean {
  const { namespace = metadata.namespace } = incident.labels;
  if (namespace !== metadata.namespace) return false;
  if (match.anomalyKey !== undefined) return match.anomalyKey === incident.anomalyKey;
  if (match.alertname !== incident.name) return false;
  return Object.entries(match.labels ?? {}).every(([name, value]) => incident.labels[name] === value);
}

/**
 * What is suggested after a failure: of the playbooks that match and were not tried, those of the lowest tier first, and of these the one
 * that helps most surely. `tried` are NAMESPACE/NAME.
 */
export function nextSuggestion(playbooks: readonly RepairPlaybook[], tried: ReadonlySet<string>, incident: Troubled): Suggestion {
  const left = playbooks.filter(
    playbook =>
      !tried.has(nameOf(playbook)) &&
      !playbook.spec.suspend &&
      playbook.spec.mode !== 'Shadow' &&
      playbook.status?.trust !== 'Quarantined' &&
      playbook.metadata.deletionTimestamp === undefined &&
      matchesIncident(playbook, incident),
  );
  const [next] = left.toSorted(
    (a, b) =>
      tierOfSteps(a.spec.steps) - tierOfSteps(b.spec.steps) || lowerBound(b) - lowerBound(a) || nameOf(a).localeCompare(nameOf(b), 'en'),
  );
  return next ? { is: 'playbook', playbook: next } : { is: 'people' };
}

const nameOf = ({ metadata }: RepairPlaybook): string => `${metadata.namespace}/${metadata.name}`;

const lowerBound = ({ status }: RepairPlaybook): number => status?.stats?.lowerBound ?? 0;
