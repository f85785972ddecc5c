import { cleanedBeginning } from '../analysis/cleaned.ts';
import type { Analysis } from '../incidents/incident.ts';
import type { ActionRecord, RepairOutcome } from '../ports/learning-repository.ts';
import type { RepairAction } from '../../crds/repairplaybook/action.ts';
import { isRepairAction, type Tier, tierOf } from './actions.ts';
import { learnedPlaybookName } from './playbook-name.ts';
import { rateOf } from './recommendation.ts';

/** So often an action must have been tried for an anomaly, and so often of that have helped, to become a playbook. */
export const PROMOTED = { attempts: 5, rate: 0.8 } as const;
const LONGEST_ROOT_CAUSE = 1_000;

/** Why it broke, and who says so. */
export interface RootCause {
  readonly text: string;
  /** A reporter may be a person, and may be a bot that repeats a model. */
  readonly by: 'approver' | 'reporter' | 'model' | 'rules';
}

type Told = Pick<RepairOutcome, 'success' | 'rootCause' | 'verified'>;

/**
 * The approver's text, else what was reported, of each the newest, else the analysis; undefined where none says anything. A verified outcome is one of
 * our own runs, which bears no text but a person's.
 */
export function rootCauseOf(outcomes: readonly Told[], analysis: Analysis | undefined): RootCause | undefined {
  const told = outcomes.filter(({ success, rootCause = '' }) => success && rootCause.trim() !== '');
  const { rootCause: text, verified } = told.find(one => one.verified) ?? told[0] ?? {};
  if (text !== undefined) return { text, by: verified ? 'approver' : 'reporter' };
  return analysis && { text: analysis.rootCause, by: analysis.asked };
}

/** A playbook that is there for the same anomaly. */
export interface ExistingPlaybook {
  readonly namespace: string;
  readonly name: string;
  readonly source: 'manual' | 'auto_learning';
  /** Undefined while it has not run. */
  readonly successRate: number | undefined;
  readonly lowerBound: number;
}

/** What is to be written as a playbook. */
export interface LearnedPlaybook {
  readonly name: string;
  readonly action: RepairAction;
  readonly tier: Tier;
  readonly rootCause: string;
  readonly description: string;
  readonly evidence: { readonly attempts: number; readonly successes: number; readonly successRate: number };
}

export type Promotion =
  | { readonly is: 'promoted'; readonly playbook: LearnedPlaybook }
  | { readonly is: 'not-yet'; readonly reason: NotYet; readonly why: string };

export type NotYet =
  | 'NoSuccess'
  | 'UnknownAction'
  | 'TooFewAttempts'
  | 'TooLowRate'
  | 'NoRootCause'
  | 'OnlyRules'
  | 'NameTaken'
  | 'DoesBetter';

export interface Candidate {
  readonly anomalyKey: string;
  /** Of the outcome that was just recorded. */
  readonly success: boolean;
  /** Where its playbook would be written; undefined where that is not known. */
  readonly namespace: string | undefined;
  /** With that outcome. */
  readonly record: ActionRecord;
  /** Of the action's verified outcomes: it decides between equal rates. */
  readonly lowerBound: number;
  readonly rootCause: RootCause | undefined;
  /** For this anomaly, whatever their action. */
  readonly existing: readonly ExistingPlaybook[];
}

/**
 * Whether an action has proved itself enough to become a playbook: after a success with a root cause that no rule wrote, with at least 5 attempts and a
 * rate of at least 0.8, where no playbook for the anomaly does better. The learned playbook of the same name is this one, and is written again.
 */
export function promotion(candidate: Candidate): Promotion {
  const { anomalyKey, record, rootCause } = candidate;
  const { action, attempts, successes } = record;
  if (!candidate.success) return notYet('NoSuccess', 'the last attempt did not help');
  if (!isRepairAction(action)) return notYet('UnknownAction', 'nothing here can carry this action out, so no playbook can hold it');
  const name = learnedPlaybookName(anomalyKey, action);
  const why = unproven(record) ?? unexplained(rootCause) ?? surpassed(candidate, name);
  if (why) return why;
  return {
    is: 'promoted',
    playbook: {
      name,
      action,
      tier: tierOf(action),
      rootCause: cleanedBeginning(rootCause?.text.trim() ?? '', LONGEST_ROOT_CAUSE),
      description: `Learned from repairs: ${action} has helped ${successes} of ${attempts} times (${percent(rateOf(record))}).`,
      evidence: { attempts, successes, successRate: rateOf(record) },
    },
  };
}

function unproven(record: ActionRecord): Promotion | undefined {
  if (record.attempts < PROMOTED.attempts)
    return notYet('TooFewAttempts', `${record.attempts} attempts, and ${PROMOTED.attempts} are needed`);
  if (rateOf(record) < PROMOTED.rate)
    return notYet('TooLowRate', `it has helped in ${percent(rateOf(record))} of all cases, and ${percent(PROMOTED.rate)} is needed`);
  return undefined;
}

function unexplained(rootCause: RootCause | undefined): Promotion | undefined {
  if (!rootCause || rootCause.text.trim() === '')
    return notYet('NoRootCause', 'nobody has said what the root cause is: give root_cause with the outcome, or say it when approving');
  if (rootCause.by === 'rules')
    return notYet('OnlyRules', 'the root cause comes from rules alone, which is no finding: say it when approving, or set up an analyser');
  return undefined;
}

/** A playbook of this name that a person wrote is in the way in its own namespace alone; one that was learned is this one, wherever it is. */
function surpassed({ record, lowerBound, existing, namespace }: Candidate, name: string): Promotion | undefined {
  const rate = rateOf(record);
  const named = existing.filter(other => other.name === name);
  if (named.some(other => other.namespace === namespace && other.source === 'manual'))
    return notYet('NameTaken', `playbook ${name} was written by a person, and is not overwritten`);
  const better = existing.find(
    ({ name: other, source, successRate = 0, lowerBound: bound }) =>
      !(other === name && source === 'auto_learning') && (successRate > rate || (successRate === rate && bound > lowerBound)),
  );
  return better && notYet('DoesBetter', `playbook ${better.name} does better (${percent(better.successRate ?? 0)})`);
}

function notYet(reason: NotYet, why: string): Promotion {
  return { is: 'not-yet', reason, why };
}

/** Rounded down: what falls short is never shown as enough. */
function percent(share: number): string {
  // A rate of 0.29 is 28.999999999999996 percent of a double.
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
