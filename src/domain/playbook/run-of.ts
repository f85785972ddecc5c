import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import { LocalName } from '../../crds/reference.ts';
import type { Incident } from '../incidents/incident.ts';
import type { WantedRun } from '../ports/repair-objects.ts';
import { cut } from '../text/cut.ts';
import { excerpt } from '../text/excerpt.ts';
import { runName } from './run-name.ts';

export type RunOf =
  | { readonly is: 'run'; readonly run: WantedRun }
  /** A sentence that says why this playbook cannot be run for this incident, and what to do. */
  | { readonly is: 'cannot'; readonly why: string };

const LONGEST_ALERTNAME = 256;

/** The run of a playbook for an incident, every target by its name. */
export function runOf(playbook: RepairPlaybook, incident: Incident, number = 0): RunOf {
  const { metadata, spec, status } = playbook;
  const { namespace, name } = metadata;
  const hash = status?.hash;
  if (hash === undefined) {
    return { is: 'cannot', why: `RepairPlaybook ${namespace}/${name} was not looked at yet: see its condition Ready` };
  }
  const steps: RepairStep[] = [];
  for (const step of spec.steps) {
    const named = namedStep(step, incident);
    if (typeof named === 'string') return { is: 'cannot', why: `RepairPlaybook ${namespace}/${name}: ${named}` };
    steps.push(named);
  }
  const { mode, approval, verify, limits, onFailure, gitOps } = spec;
  const about = { incidentId: incident.id, anomalyKey: incident.anomalyKey, alertname: alertnameOf(incident) };
  const how = { mode, dryRun: mode === 'Shadow', approval, verify, limits, onFailure, gitOps, approvals: [] };
  const run = { playbookRef: { name }, playbookHash: hash, ...about, steps, ...how };
  return { is: 'run', run: { namespace, name: runName(metadata, incident, number), playbook: name, spec: run } };
}

/** As runs name it, which hold no longer ones. */
export function alertnameOf({ name }: Pick<Incident, 'name'>): string {
  return cut(name, LONGEST_ALERTNAME);
}

/** The step with its target by name; a sentence where that cannot be told. */
export function namedStep({ target, ...step }: RepairStep, { labels }: Pick<Incident, 'labels'>): RepairStep | string {
  if (!target) return step;
  const { kind, name, fromLabel = '' } = target;
  if (name !== undefined) return { ...step, target: { kind, name } };
  const value = labels[fromLabel];
  if (value === undefined || value === '') {
    return `the alert has no label ${fromLabel} that would name the ${kind} of ${step.action}: name it with target.name, or give the alert the label`;
  }
  if (!LocalName.safeParse(value).success) {
    return `the alert's label ${fromLabel} (${excerpt(value, [], 60)}) is no name that a ${kind} can have: name the target of ${step.action} with target.name`;
  }
  return { ...step, target: { kind, name: value } };
}
