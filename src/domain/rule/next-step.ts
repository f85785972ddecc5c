import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import { adoption } from './adoption.ts';
import { healAt } from './healing.ts';
import { type RuleMarker, sameOwner } from './marker.ts';
import { byAge, type RuleEntry } from './rule-entry.ts';

/** What is known of an object and of SigNoz when a step is decided. */
export interface RuleFacts {
  readonly spec: Pick<SignozAlertRuleSpec, 'drift' | 'disabled' | 'adoption'>;
  readonly status: Pick<SignozAlertRuleStatus, 'ruleId' | 'written' | 'healing'>;
  readonly owner: RuleMarker;
  /** The rule as the spec asks for it. */
  readonly want: { readonly hash: string; readonly name: string };
  /** Rules with this object's marker. */
  readonly own: readonly RuleEntry[];
  /** What stands under status.ruleId: `gone` only where SigNoz has said so of that id. Undefined where none is recorded. */
  readonly recorded: RuleEntry | 'gone' | 'unreadable' | undefined;
  /** Rules of the wanted name that no object owns. */
  readonly named: readonly RuleEntry[];
  /** What stands under spec.adoption.ruleId. */
  readonly asked: RuleEntry | 'gone' | undefined;
  readonly now: Date;
}

export type UpdateReason = 'SpecChanged' | 'Drift' | 'NotLoaded' | 'NotStopped' | 'Adoption' | 'Unreadable' | 'StoredDifferently';

/** What is to be done next; at most one thing in SigNoz at a time. */
export type RuleStep =
  /** `beside`: rules of the same name that are left alone. */
  | { readonly do: 'create'; readonly why: 'New' | 'Deleted'; readonly beside: readonly string[] }
  | { readonly do: 'update'; readonly id: string; readonly why: UpdateReason; readonly drifted: boolean }
  /** It was changed or deleted in SigNoz and is left so. */
  | { readonly do: 'report'; readonly id: string | undefined }
  /** A second rule with our marker that is just what we would have written. */
  | { readonly do: 'remove-duplicate'; readonly id: string; readonly keep: RuleEntry }
  /** Only a person can go on from here. `about`: the rule that this was read of. */
  | { readonly do: 'refuse'; readonly reason: string; readonly message: string; readonly about?: string }
  /** SigNoz does not switch the rule on or off as it was told; the next try is not due yet. */
  | { readonly do: 'wait'; readonly rule: RuleEntry; readonly until: Date }
  | { readonly do: 'nothing'; readonly rule: RuleEntry; readonly duplicates: readonly string[] };

/** Decides the next step of one object; pure. */
export function nextRuleStep(facts: RuleFacts): RuleStep {
  const { recorded, own, owner } = facts;
  if (isForeign(recorded, owner)) {
    const owned = `Rule ${recorded.id} in SigNoz now carries the marker of SignozAlertRule ${nameOf(recorded.marker)}, and is not touched`;
    const next = 'delete that object to have the rule back, or delete and re-create this one to have a rule of its own';
    return { ...refusal('OwnedByAnother', `${owned}: ${next}`), about: recorded.id };
  }
  const [rule, ...others] = candidates(own, recorded);
  if (!rule) return withoutRule(facts);
  return stepFor(rule, facts) ?? besides(rule, others, facts);
}

/** All rules that are this object's, by marker or by record. */
function candidates(own: readonly RuleEntry[], recorded: RuleFacts['recorded']): readonly RuleEntry[] {
  const known = typeof recorded === 'object' && !own.some(({ id }) => id === recorded.id) ? [recorded] : [];
  return [...known, ...own].toSorted(byAge);
}

function withoutRule(facts: RuleFacts): RuleStep {
  const { recorded, spec, status, named } = facts;
  if (recorded === 'unreadable' && status.ruleId !== undefined) return unreadable(status.ruleId, facts);
  if (recorded === 'gone') {
    if (spec.drift.policy === 'Report') return { do: 'report', id: undefined };
    return { do: 'create', why: 'Deleted', beside: [] };
  }
  return adoption(facts) ?? { do: 'create', why: 'New', beside: named.map(({ id }) => id) };
}

/** Written over, it can be read again; if not even that helps, ever more seldom. */
function unreadable(id: string, { status, now }: RuleFacts): RuleStep {
  if (healAt(status.healing) <= now) return { do: 'update', id, why: 'Unreadable', drifted: false };
  return refusal('Unreadable', `SigNoz cannot read rule ${id} that it stores, although it was written anew: delete the rule there`);
}

/** What the object's own rule needs; undefined where it is right. */
function stepFor(rule: RuleEntry, { spec, status, want, now }: RuleFacts): RuleStep | undefined {
  const { written } = status;
  const changed = rule.hash !== want.hash;
  const switched = switchOf(rule, spec);
  if (!changed && switched === 'right') return undefined;
  const touched = written !== undefined && rule.updatedAt !== written.updatedAt;
  if (written?.hash !== want.hash) {
    const drifted = touched && rule.hash !== written?.hash;
    return { do: 'update', id: rule.id, why: 'SpecChanged', drifted };
  }
  if (touched) return drift(rule, spec);
  if (changed) return unlike(rule, { spec, status });
  const due = healAt(status.healing);
  const why = spec.disabled ? 'NotStopped' : 'NotLoaded';
  return due <= now ? { do: 'update', id: rule.id, why, drifted: false } : { do: 'wait', rule, until: due };
}

/** Somebody may have changed the rule between our write and the look after it, so that once more it is written, or told of, or left. */
function unlike(rule: RuleEntry, { spec, status }: Pick<RuleFacts, 'spec' | 'status'>): RuleStep | undefined {
  if (spec.drift.policy !== 'Correct') return drift(rule, spec);
  if ((status.healing?.attempts ?? 0) < 2) {
    return { do: 'update', id: rule.id, why: 'StoredDifferently', drifted: false };
  }
  const said = 'SigNoz shows something else than what was written to it';
  const next = 'compare the rule there with the spec (awoooi rules diff), and mend the spec';
  return { ...refusal('StoredDifferently', `${said}: ${next}`), about: rule.id };
}

function drift(rule: RuleEntry, { drift: { policy } }: RuleFacts['spec']): RuleStep | undefined {
  if (policy === 'Ignore') return undefined;
  if (policy === 'Report') return { do: 'report', id: rule.id };
  return { do: 'update', id: rule.id, why: 'Drift', drifted: true };
}

/**
 * Whether the rule is switched on or off as asked for. SigNoz shows `disabled` also for a rule that it could not load, and an old one goes on
 * to evaluate a rule that was created disabled until it is written a second time.
 */
function switchOf({ disabled, state }: RuleEntry, spec: RuleFacts['spec']): 'right' | 'wrong' {
  if (spec.drift.ignoreFields.includes('/disabled')) return 'right';
  if (spec.disabled) return disabled && (state === 'disabled' || state === '') ? 'right' : 'wrong';
  return disabled ? 'wrong' : 'right';
}

function besides(rule: RuleEntry, others: readonly RuleEntry[], { want, spec }: RuleFacts): RuleStep {
  const copy = others.find(({ hash, disabled }) => hash === want.hash && disabled === spec.disabled);
  if (copy) return { do: 'remove-duplicate', id: copy.id, keep: rule };
  return { do: 'nothing', rule, duplicates: others.map(({ id }) => id) };
}

function isForeign(rule: RuleFacts['recorded'], owner: RuleMarker): rule is RuleEntry & { readonly marker: RuleMarker } {
  return typeof rule === 'object' && rule.marker !== undefined && !sameOwner(rule.marker, owner);
}

function refusal(reason: string, message: string): Extract<RuleStep, { do: 'refuse' }> {
  return { do: 'refuse', reason, message: `${message}.` };
}

function nameOf({ clusterId, namespace, name }: RuleMarker): string {
  return `${namespace}/${name} of the cluster ${clusterId}`;
}
