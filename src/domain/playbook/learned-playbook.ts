import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { namespaceOf } from '../alerts/anomaly-key.ts';
import type { Incident } from '../incidents/incident.ts';
import type { ExistingPlaybook, LearnedPlaybook, RootCause } from '../learning/promotion.ts';
import type { LearnedObject } from '../ports/playbook-writer.ts';
import { rateOf } from '../learning/recommendation.ts';
import { cut } from '../text/cut.ts';
import { ALERTNAME, lessonOf } from './lesson.ts';
import type { LearnedStep } from './learned-step.ts';
import { isFor } from './match.ts';

type Of = Pick<Incident, 'anomalyKey' | 'name' | 'labels'>;

/** Playbooks that incidents of this anomaly match, whether or not they may be used. */
export function playbooksFor(playbooks: readonly RepairPlaybook[], incident: Of): readonly RepairPlaybook[] {
  return playbooks.filter(playbook => isFor(playbook, incident));
}

/** As the decision about a promotion wants to know them. The rate that is shown is rounded, and would be better than an equal one. */
export function playbookThere({ metadata, spec, status }: RepairPlaybook): ExistingPlaybook {
  const stats = status?.stats;
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    source: spec.source,
    successRate: stats && stats.attempts > 0 ? rateOf(stats) : undefined,
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

/** The namespace that the labels name, for a run acts in its playbook's namespace alone. */
export function namespaceIn(labels: Incident['labels']): string | undefined {
  const name = namespaceOf(labels);
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name) ? name : undefined;
}

export interface Learned {
  readonly namespace: string;
  readonly of: Of;
  readonly playbook: LearnedPlaybook;
  readonly rootCauseBy: RootCause['by'];
  readonly step: LearnedStep;
}

const LONGEST_ALERTNAME = 256;

const WHOSE: Readonly<Record<RootCause['by'], string>> = {
  approver: 'a person',
  reporter: 'the reporter of an outcome',
  model: 'the analysis of an incident',
  rules: 'the analysis of an incident',
};

export function learnedPlaybook({ namespace, of, playbook, rootCauseBy, step }: Learned): LearnedObject {
  const { attempts, successes } = playbook.evidence;
  return {
    namespace,
    name: playbook.name,
    annotations: { [ALERTNAME]: cut(of.name, LONGEST_ALERTNAME) },
    spec: {
      match: { anomalyKey: of.anomalyKey },
      rootCause: playbook.rootCause,
      description: playbook.description,
      source: 'auto_learning',
      evidence: `${playbook.action} helped ${successes} of ${attempts} times with ${cut(of.name, LONGEST_ALERTNAME)}; the root cause is by ${WHOSE[rootCauseBy]}`,
      steps: [step],
      mode: 'Suggest',
    },
  };
}
