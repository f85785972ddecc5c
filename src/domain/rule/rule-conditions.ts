import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { RuleDrift, RulePlan, SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import type { RuleEntry } from './rule-entry.ts';

/** A condition as decided; the frame adds observedGeneration and lastTransitionTime. */
export interface RuleVerdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

/** By type; those that are not named stay as they are, but Stalled and Reconciling: they go. */
export type RuleConditions = Readonly<Record<string, RuleVerdict>>;

const verdict = (status: RuleVerdict['status'], reason: string, message: string): RuleVerdict => ({ status, reason, message });

/** What a rule is held to. */
interface Asked {
  readonly spec: Pick<SignozAlertRuleSpec, 'disabled' | 'drift'>;
  /** The last own write, as far as it is known. */
  readonly written?: SignozAlertRuleStatus['written'] | undefined;
}

/** The rule is in SigNoz as the spec asks for it. */
export function inSync(rule: RuleEntry, asked: Asked & { readonly duplicates: readonly string[] }): RuleConditions {
  const { spec, duplicates } = asked;
  const synced = verdict('True', 'Synced', 'The rule in SigNoz is as the spec asks for it.');
  const drifted =
    spec.drift.policy === 'Ignore'
      ? verdict('False', 'NotLookedFor', 'Changes made in SigNoz are not looked for: spec.drift.policy is Ignore.')
      : verdict('False', 'NoDrift', 'The rule in SigNoz is as it was written.');
  const evaluating = evaluation(rule, asked);
  const ready = readyOf(evaluating, synced);
  if (duplicates.length === 0) return { Ready: ready, Synced: synced, Drifted: drifted, Evaluating: evaluating };
  const twice = `Besides it SigNoz has rules with the marker of this object that are not like it, or that a planned maintenance holds (${duplicates.join(', ')}): delete them there, or both fire.`;
  return { Ready: ready, Synced: verdict('True', 'Duplicates', twice), Drifted: drifted, Evaluating: evaluating };
}

/** A rule that never fires because SigNoz did not load it is not ready, however right its text is, nor one that fires although it must not. */
function readyOf(evaluating: RuleVerdict, synced: RuleVerdict): RuleVerdict {
  const { reason } = evaluating;
  return reason === 'NotLoaded' || reason === 'NotStopped' ? { ...evaluating, status: 'False' } : synced;
}

const STOPPED = verdict('False', 'Disabled', 'spec.disabled is true: SigNoz keeps the rule and does not evaluate it.');
const NOT_STOPPED = verdict(
  'True',
  'NotStopped',
  'spec.disabled is true, and SigNoz goes on to evaluate the rule all the same. It is written again, ever more seldom, until SigNoz stops; to be sure at once, delete the object.',
);

/** Whether SigNoz evaluates the rule, as far as it says. */
export function evaluation(rule: RuleEntry, asked: Asked): RuleVerdict {
  const { state, disabled } = rule;
  if (state === '') return verdict('Unknown', 'StateUnknown', 'SigNoz does not say which state the rule is in.');
  if (!disabled) return verdict('True', 'Loaded', `SigNoz evaluates the rule; its state is ${state}.`);
  if (asked.spec.disabled) return state === 'disabled' ? STOPPED : NOT_STOPPED;
  if (isSwitchedOff(rule, asked)) {
    return verdict('False', 'DisabledInSignoz', 'The rule was disabled in SigNoz, and is left so: enable it there to have it evaluated.');
  }
  return verdict(
    'False',
    'NotLoaded',
    'SigNoz shows the rule as disabled although nobody disabled it: it did not load it, and its own log says why. It is written again, ever more seldom, until SigNoz loads it.',
  );
}

/** By a person. What SigNoz did not load looks the same, but was last changed by us. */
function isSwitchedOff({ updatedAt }: RuleEntry, { spec, written }: Asked): boolean {
  return spec.drift.ignoreFields.includes('/disabled') || (written !== undefined && written.updatedAt !== updatedAt);
}

/** The rule was changed or deleted in SigNoz and is left so. */
export function changedThere(rule: RuleEntry | undefined, drift: RuleDrift): RuleConditions {
  const who = drift.updatedBy === undefined ? '' : ` by ${drift.updatedBy}`;
  const what = rule ? `changed in SigNoz${who} (${shown(drift.fields)})` : `deleted in SigNoz`;
  const next = 'set spec.drift.policy to Correct to put it right, or take the change over into the spec';
  const message = `The rule was ${what}, and spec.drift.policy is Report: ${next}.`;
  const evaluating = !rule
    ? verdict('False', 'Deleted', 'SigNoz has no such rule any more.')
    : rule.disabled
      ? verdict('False', 'DisabledInSignoz', `The rule was disabled in SigNoz${who}.`)
      : verdict('True', 'Loaded', `SigNoz evaluates the rule, with the change; its state is ${rule.state || 'not known'}.`);
  return {
    // A rule that is gone protects nobody, whatever was asked to be done about it.
    Ready: rule ? verdict('True', 'DriftReported', message) : verdict('False', 'Deleted', message),
    Synced: verdict('False', 'DriftReported', message),
    Drifted: verdict('True', 'DriftReported', message),
    Evaluating: evaluating,
  };
}

const MOST_FIELDS = 8;

function shown(fields: readonly string[]): string {
  const some = fields.slice(0, MOST_FIELDS).join(', ');
  return fields.length > MOST_FIELDS ? `${some} and ${fields.length - MOST_FIELDS} more` : some;
}

/** Only a person can go on from here: in the spec, in a Secret or in SigNoz. */
export function stalled(reason: string, message: string): RuleConditions {
  const because = { reason, message };
  return {
    Ready: { status: 'False', ...because },
    Synced: { status: 'False', ...because },
    // Whatever SigNoz has of it is not looked at meanwhile.
    Drifted: { status: 'Unknown', ...because },
    Evaluating: { status: 'Unknown', ...because },
    Stalled: { status: 'True', ...because },
  };
}

/** Nothing is known of SigNoz just now. What was known stands no longer: no false green. */
export function unknownNow(reason: string, message: string): RuleConditions {
  const unknown = verdict('Unknown', reason, message);
  return { Ready: verdict('False', reason, message), Synced: unknown, Drifted: unknown, Evaluating: unknown };
}

/** Under way, and goes on by itself. */
export function reconciling(reason: string, message: string): RuleConditions {
  const because = { reason, message };
  return {
    Ready: { status: 'Unknown', ...because },
    Synced: { status: 'Unknown', ...because },
    Reconciling: { status: 'True', ...because },
  };
}

export function suspended(): RuleConditions {
  const unknown = verdict('Unknown', 'Suspended', 'The object is suspended: set spec.suspend to false to go on.');
  return { Ready: unknown, Synced: unknown, Drifted: unknown, Evaluating: unknown };
}

/** There is something to do, and somebody has to say yes. */
export function planPending({ action, diff, hash }: RulePlan): RuleConditions {
  const read = diff === undefined ? '' : 'read status.plan.diff, then ';
  const message = `${action} waits for approval: ${read}set spec.approvedPlan to ${hash}.`;
  return { Ready: verdict('Unknown', 'PlanPending', message), Synced: verdict('False', 'PlanPending', message) };
}

/** Where SigNoz shows the rule (contracts/signoz.md, section 4: generatorURL). */
export function ruleUrl(base: string, id: string): string {
  return `${base.replace(/\/+$/, '')}/alerts/overview?ruleId=${id}`;
}

/** The status fields that say where the rule stands. */
export function standing(rule: RuleEntry, base: string): Pick<SignozAlertRuleStatus, 'ruleId' | 'remoteState' | 'url'> {
  return { ruleId: rule.id, remoteState: rule.state === '' ? undefined : rule.state, url: ruleUrl(base, rule.id) };
}
