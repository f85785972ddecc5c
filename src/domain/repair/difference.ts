import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import { alertnameOf, namedStep } from '../playbook/run-of.ts';
import { canonicalJson } from '../rule/canonical-json.ts';

export interface Difference {
  /** `TargetDiffers`: all else is as it shall be, but the newest alert of the incident names another target. */
  readonly reason: 'StepsDiffer' | 'TermsDiffer' | 'IncidentDiffers' | 'TargetDiffers';
  readonly message: string;
}

type Asked = Pick<RepairRun, 'spec'>;
type Standard = Pick<RepairPlaybook, 'metadata' | 'spec'>;
type Told = Pick<Incident, 'anomalyKey' | 'name' | 'labels'> | undefined;

/**
 * Wherein a run is none that its playbook makes. The hash in a run says which playbook people are asked about and not what is done, and
 * whoever may create runs may write both. The incident is undefined where nobody knows it: then nobody can verify the run either.
 */
export function differenceFrom(playbook: Standard, { spec }: Asked, incident: Told): Difference | undefined {
  const name = `RepairPlaybook ${playbook.metadata.name}`;
  return (
    ofTerms(playbook.spec, { spec, name }) ??
    ofIncident(spec, incident) ??
    ofSteps(playbook.spec.steps, { asked: spec.steps, name, incident })
  );
}

const TERMS = ['approval', 'verify', 'limits', 'onFailure', 'gitOps'] as const;

/** The modes need not be the same: one may change while a run waits, and a run that is Automatic begins by itself only where both are. */
function ofTerms(wanted: RepairPlaybook['spec'], { spec, name }: Asked & { readonly name: string }): Difference | undefined {
  if (wanted.mode === 'Shadow') {
    return { reason: 'TermsDiffer', message: `${name} has mode Shadow, so that nothing of it is ever done: make a run with dryRun: true.` };
  }
  const term = TERMS.find(each => canonicalJson(spec[each]) !== canonicalJson(wanted[each]));
  return term && { reason: 'TermsDiffer', message: `spec.${term} is not that of ${name}: make a new run with the playbook's own.` };
}

/** What comes of a run is counted for its anomaly and its alert. */
function ofIncident({ anomalyKey, alertname }: RepairRun['spec'], incident: Told): Difference | undefined {
  if (!incident) return undefined;
  const name = alertnameOf(incident);
  if ((anomalyKey ?? incident.anomalyKey) === incident.anomalyKey && (alertname ?? name) === name) return undefined;
  return { reason: 'IncidentDiffers', message: 'spec.anomalyKey or spec.alertname is not that of the incident: make a new run with both.' };
}

interface Comparing {
  readonly asked: readonly RepairStep[];
  readonly name: string;
  readonly incident: Told;
}

function ofSteps(wanted: readonly RepairStep[], { asked, name, incident }: Comparing): Difference | undefined {
  if (wanted.length !== asked.length) {
    return {
      reason: 'StepsDiffer',
      message: `${name} has ${wanted.length} steps, and the run ${asked.length}: make a new run with those.`,
    };
  }
  for (const [index, step] of wanted.entries()) {
    const other = asked[index];
    if (!other || !sameButForLabel(step, other)) {
      return { reason: 'StepsDiffer', message: `Step ${index + 1} is not that of ${name}: make a new run with the playbook's own steps.` };
    }
    if (incident && canonicalJson(namedStep(step, incident)) !== canonicalJson(other)) {
      const label = step.target?.fromLabel ?? '';
      return { reason: 'TargetDiffers', message: `The alert's label ${label} does not name what step ${index + 1} would be done to.` };
    }
  }
  return undefined;
}

/** Where the playbook takes the name from a label, any name is as good as another here. */
function sameButForLabel(wanted: RepairStep, { target, ...asked }: RepairStep): boolean {
  const { target: standard, ...step } = wanted;
  if (canonicalJson(step) !== canonicalJson(asked)) return false;
  return standard?.fromLabel === undefined ? canonicalJson(standard) === canonicalJson(target) : standard.kind === target?.kind;
}
