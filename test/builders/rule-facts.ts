import type { RuleEntry } from '../../src/domain/rule/rule-entry.ts';
import type { RuleFacts } from '../../src/domain/rule/next-step.ts';

export const OWNER = { clusterId: 'prod', namespace: 'shop', name: 'errors', uid: '11' } as const;
export const ANOTHER = { ...OWNER, name: 'latency' } as const;
export const ELSEWHERE = { ...OWNER, clusterId: 'staging' } as const;
export const NOW = new Date('2026-11-27T10:00:00Z');

const WRITTEN_AT = '2026-11-27T09:00:00Z';

/** A rule of the object as it was written. */
export function entry(over: Partial<RuleEntry> = {}): RuleEntry {
  return {
    id: 'a',
    name: 'API errors',
    marker: OWNER,
    hash: 'wanted',
    state: 'inactive',
    disabled: false,
    createdAt: '2026-11-27T08:00:00Z',
    updatedAt: WRITTEN_AT,
    updatedBy: 'rules-operator@signozserviceaccount.com',
    ...over,
  };
}

type Over = Partial<Omit<RuleFacts, 'spec' | 'status'>> & {
  readonly spec?: Partial<RuleFacts['spec']>;
  readonly status?: Partial<RuleFacts['status']>;
};

/** Of an object whose rule `a` was written as the spec asks for it, where SigNoz has none. */
export function facts({ spec, status, ...over }: Over = {}): RuleFacts {
  return {
    spec: { drift: { policy: 'Correct', ignoreFields: [] }, disabled: false, adoption: { policy: 'Never' }, ...spec },
    status: { ruleId: 'a', written: { hash: 'wanted', updatedAt: WRITTEN_AT }, ...status },
    owner: OWNER,
    want: { hash: 'wanted', name: 'API errors' },
    own: [],
    recorded: undefined,
    named: [],
    asked: undefined,
    now: NOW,
    ...over,
  };
}

/** Of an object that has no rule yet. */
export function newFacts(over: Over = {}): RuleFacts {
  return { ...facts(over), status: { ...over.status } };
}

/** Of an object whose rule is there. */
export function keptFacts(rule: RuleEntry, over: Over = {}): RuleFacts {
  const own = rule.marker ? [rule] : [];
  return facts({ own, recorded: rule, ...over });
}
