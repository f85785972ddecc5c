import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import type { ActionRecord } from '../ports/learning-repository.ts';
import type { LearnedObject } from '../ports/playbook-writer.ts';
import { cut } from '../text/cut.ts';
import { ALERTNAME, lessonOf } from './anomaly-class.ts';
import type { LearnedStep } from './learned-step.ts';

/** Why it broke, and who says so. */
export interface SaidRootCause {
  readonly text: string;
  readonly by: 'approver' | 'model' | 'rules';
}

/** A playbook that is there for the same anomaly. */
export interface PlaybookThere {
  readonly name: string;
  readonly source: 'manual' | 'auto_learning';
  /** Undefined while it was not tried. */
  readonly successRate: number | undefined;
  readonly lowerBound: number;
}

export interface PromotionAsked {
  readonly anomalyKey: string;
  readonly success: boolean;
  readonly record: ActionRecord;
  readonly lowerBound: number;
  readonly rootCause: SaidRootCause | undefined;
  readonly existing: readonly PlaybookThere[];
}

export interface PromotedPlaybook {
  readonly name: string;
  readonly action: RepairAction;
  readonly rootCause: string;
  readonly description: string;
  readonly evidence: { readonly attempts: number; readonly successes: number; readonly successRate: number };
}

export type PromotionAnswer =
  | { readonly is: 'promoted'; readonly playbook: PromotedPlaybook }
  | { readonly is: 'not-yet'; readonly reason: string; readonly why: string };

type Of = Pick<Incident, 'anomalyKey' | 'name' | 'labels'>;

/** Playbooks that incidents of this anomaly match. */
export function playbooksFor(playbooks: readonly RepairPlaybook[], { anomalyKey, name, labels }: Of): readonly RepairPlaybook[] {
  return playbooks.filter(({ spec: { match } }) =>
    match.anomalyKey === undefined
      ? match.alertname === name && Object.entries(match.labels ?? {}).every(([label, value]) => labels[label] === value)
      : match.anomalyKey === anomalyKey,
  );
}

/** As the decision about a promotion wants to know them. */
export function playbookThere({ metadata, spec, status }: RepairPlaybook): PlaybookThere {
  const stats = status?.stats;
  return {
    name: metadata.name,
    source: spec.source,
    successRate: stats && stats.attempts > 0 ? stats.successRate : undefined,
    lowerBound: stats?.lowerBound ?? 0,
  };
}

/** The playbook that says the same already, whoever wrote it and whatever it is called: from Git under another name it is none the less this one. */
export function sameRepair(
  playbooks: readonly RepairPlaybook[],
  { anomalyKey, action }: { readonly anomalyKey: string; readonly action: string },
) {
  return playbooks.find(one => one.spec.match.anomalyKey === anomalyKey && lessonOf(one).action === action);
}

/** As many successes as a first promotion takes attempts: the very next one would bring back what a person has just deleted. */
const NEW_EVIDENCE = 5;

/** Whether it has helped often enough since its playbook was last there. Counters that begin anew count as they are. */
export function isNewEvidence(successes: number, lastSeen: number): boolean {
  return (successes >= lastSeen ? successes - lastSeen : successes) >= NEW_EVIDENCE;
}

const NAMESPACE = ['namespace', 'k8s.namespace.name', 'k8s_namespace_name'];

/** The namespace that the labels name, for a run acts in its playbook's namespace alone. */
export function namespaceIn(labels: Incident['labels']): string | undefined {
  return NAMESPACE.map(name => labels[name]).find(text => text !== undefined && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text));
}

export interface Learned {
  readonly namespace: string;
  readonly of: Of;
  readonly playbook: PromotedPlaybook;
  readonly rootCauseBy: SaidRootCause['by'];
  readonly step: LearnedStep;
}

const LONGEST_ALERTNAME = 256;

export function learnedPlaybook({ namespace, of, playbook, rootCauseBy, step }: Learned): LearnedObject {
  const { attempts, successes } = playbook.evidence;
  const whose = rootCauseBy === 'approver' ? 'a person' : 'the analysis of an incident';
  return {
    namespace,
    name: playbook.name,
    annotations: { [ALERTNAME]: cut(of.name, LONGEST_ALERTNAME) },
    spec: {
      match: { anomalyKey: of.anomalyKey },
      rootCause: playbook.rootCause,
      description: playbook.description,
      source: 'auto_learning',
      evidence: `${playbook.action} helped ${successes} of ${attempts} times with ${cut(of.name, LONGEST_ALERTNAME)}; the root cause is by ${whose}`,
      steps: [step],
      mode: 'Suggest',
    },
  };
}
