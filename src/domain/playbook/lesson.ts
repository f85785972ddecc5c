import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { classOf } from '../learning/anomaly-class.ts';
import { mainStep } from '../repair/steps-of.ts';

/** On a playbook for an anomaly: the name of its alert, which the anomaly's key does not tell. */
export const ALERTNAME = 'awoooi.io/alertname';

/** What a playbook's runs are compared with elsewhere. */
export interface Lesson {
  /** Of the step that reaches farthest, the first of several such: by that its runs are recorded. */
  readonly action: string;
  /** `ALERTNAME/KIND` of its target; undefined where it is not known. */
  readonly anomalyClass: string | undefined;
}

export function lessonOf({ spec, metadata }: Pick<RepairPlaybook, 'spec' | 'metadata'>): Lesson {
  const step = mainStep(spec.steps);
  const alertname = spec.match.alertname ?? metadata.annotations?.[ALERTNAME];
  const kind = step?.target?.kind;
  return {
    action: step?.action ?? '',
    anomalyClass: alertname === undefined || kind === undefined ? undefined : classOf(alertname, kind),
  };
}
