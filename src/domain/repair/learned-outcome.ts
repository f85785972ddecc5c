import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairStep } from '../../crds/repairplaybook/step.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { classOf } from '../learning/anomaly-class.ts';
import type { RepairOutcome } from '../ports/learning-repository.ts';
import { reasonOfApproval } from './decision.ts';
import { hasWritten, mainStep } from './steps-of.ts';

/**
 * What a run has taught, under its own uid, so that it is recorded once; undefined where it has taught nothing: what nobody can say, a
 * failure before anything was changed, and a run that nobody let begin. A rejection says nothing of whether the repair would have helped.
 */
export function learnedOutcome(run: RepairRun, playbook: RepairPlaybook | undefined): RepairOutcome | undefined {
  const { spec, status = {}, metadata } = run;
  const { verdict } = status;
  const { anomalyKey } = spec;
  const step = mainStep(spec.steps);
  if (!verdict || verdict.phase === 'Unknown' || !hasWritten(run) || anomalyKey === undefined || !step) return undefined;
  const seconds = executionSeconds(run);
  return {
    id: metadata.uid,
    anomalyKey,
    action: step.action,
    success: verdict.phase === 'Succeeded',
    ...inWords(run, playbook),
    ...(seconds !== undefined && { executionSeconds: seconds }),
    by: `${metadata.namespace}/${metadata.name}`,
    ...(judgedByAlert(run) && verified(run, step)),
  };
}

/**
 * The root cause is what a person says: who approved, else who wrote the playbook. What a learned one says came of earlier outcomes or of a model, and
 * is no news of this run.
 */
function inWords(run: RepairRun, playbook: RepairPlaybook | undefined): Pick<RepairOutcome, 'rootCause' | 'fixDescription'> {
  const { source, rootCause: written, description } = playbook?.spec ?? {};
  const rootCause = reasonOfApproval(run) ?? (source === 'manual' ? written : undefined);
  return { ...(rootCause !== undefined && { rootCause }), ...(description !== undefined && { fixDescription: description }) };
}

/** Undefined where nobody has compared the run with its playbook: what comes of it is no more than a report. */
function verified({ metadata, spec, status }: RepairRun, step: RepairStep): Pick<RepairOutcome, 'verified'> | undefined {
  const { stepsHash: steps } = status ?? {};
  if (steps === undefined) return undefined;
  const anomalyClass = classOf(spec.alertname ?? spec.anomalyKey ?? '', step.target?.kind ?? 'None');
  return { verified: { anomalyClass, playbook: { namespace: metadata.namespace, name: spec.playbookRef.name, steps } } };
}

/** A person's "it did not help" is no more than a report: it recommends, and does not count for what may run by itself. */
function judgedByAlert({ status }: RepairRun): boolean {
  return status?.verdict?.reason !== 'DidNotHelp';
}

/** From the first step's intent to the last step's deed: without the time for which the alert was watched. */
function executionSeconds({ status = {} }: RepairRun): number | undefined {
  const deeds = (status.steps ?? []).flatMap(({ deed }) => (deed ? [Date.parse(deed.time)] : []));
  if (status.startedAt === undefined || deeds.length === 0) return undefined;
  return Math.max(0, Math.max(...deeds) - Date.parse(status.startedAt)) / 1000;
}
