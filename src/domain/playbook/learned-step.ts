import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import type { RepairStep, StepParameters, StepTarget } from '../../crds/repairplaybook/step.ts';
import { WORKLOAD_LABELS } from '../alerts/workload-labels.ts';
import { isForPeople } from '../repair/steps-of.ts';
import { cut } from '../text/cut.ts';

type Labels = Readonly<Record<string, string>>;
type Kind = StepTarget['kind'];

/** A step as it is written; what is left out the API server fills in. */
export type LearnedStep = Omit<RepairStep, 'parameters' | 'tier'> & { readonly parameters?: StepParameters };

export type StepLearned = { readonly ok: true; readonly step: LearnedStep } | { readonly ok: false; readonly why: string };

const PODS = ['pod', 'k8s.pod.name', 'k8s_pod_name'];

interface Learnable {
  readonly kinds: readonly Kind[];
  /** Nobody reports how far it went, so it is little, and bounded: a person who knows more edits it before it runs. */
  readonly parameters?: StepParameters;
}

const ALL_WORKLOADS: readonly Kind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

const LEARNABLE: Readonly<Partial<Record<RepairAction, Learnable>>> = {
  restart_pod: { kinds: [...ALL_WORKLOADS, 'Pod'] },
  delete_pod: { kinds: ['Pod'] },
  scale_up: { kinds: ['Deployment', 'StatefulSet'], parameters: { by: 1, maxReplicas: 10 } },
  increase_memory: { kinds: ALL_WORKLOADS, parameters: { factor: 1.5, max: '4Gi' } },
  increase_cpu: { kinds: ALL_WORKLOADS, parameters: { factor: 1.5, max: '4' } },
  rollback: { kinds: ['Deployment'] },
};

const LONGEST_TEXT = 2_000;

const NEVER: Readonly<Partial<Record<RepairAction, string>>> = {
  restart_container: 'a running container cannot be restarted in place, so a playbook could never do it',
  adjust_limits: 'outcomes do not say which limit was adjusted: write a playbook by hand',
};
const NEEDS_A_PATCH = 'outcomes do not say what was changed: write a playbook with the patch by hand';

/** The one step of a learned playbook, done to the workload that the incident's labels name. */
export function learnedStep(action: RepairAction, { labels, text }: { readonly labels: Labels; readonly text: string }): StepLearned {
  if (isForPeople(action)) return { ok: true, step: { action, parameters: { text: cut(text, LONGEST_TEXT) } } };
  const how = LEARNABLE[action];
  if (!how) return { ok: false, why: NEVER[action] ?? NEEDS_A_PATCH };
  const target = targetIn(labels, how.kinds);
  if (!target) return { ok: false, why: `the labels of its incident name no ${how.kinds.join(' or ')}` };
  return { ok: true, step: { action, target, ...(how.parameters && { parameters: how.parameters }) } };
}

/** A workload by its name; a pod by the label, since the next one has another name. */
function targetIn(labels: Labels, kinds: readonly Kind[]): StepTarget | undefined {
  for (const [kind, spellings] of WORKLOAD_LABELS) {
    const name = spellings.map(spelling => labels[spelling]).find(isName);
    if (kinds.includes(kind) && name !== undefined) return { kind, name };
  }
  const fromLabel = PODS.find(spelling => isName(labels[spelling]));
  return kinds.includes('Pod') && fromLabel !== undefined ? { kind: 'Pod', fromLabel } : undefined;
}

/** The names of Kubernetes' own objects; a label may hold anything. */
function isName(text: string | undefined): boolean {
  return text !== undefined && text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text);
}
