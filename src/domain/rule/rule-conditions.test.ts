import { describe, expect, it } from 'vitest';
import { parseSignozAlertRule } from '../../crds/signozalertrule/parse.ts';
import { entry } from '../../../test/builders/rule-facts.ts';
import {
  changedThere,
  evaluation,
  inSync,
  planPending,
  reconciling,
  type RuleConditions,
  ruleUrl,
  stalled,
  standing,
  suspended,
  unknownNow,
} from './rule-conditions.ts';

function spec(over: object = {}) {
  const written = { promql: { expr: 'up == 0', channels: ['ops'] }, ...over };
  const parsed = parseSignozAlertRule({
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'SignozAlertRule',
    metadata: { name: 'x' },
    spec: written,
  });
  if (parsed.ok) return parsed.object.spec;
  throw new Error(parsed.problems.join('; '));
}

/** `Ready=True Synced=False …`, in this order. */
function statuses(conditions: RuleConditions): string {
  const types = ['Ready', 'Synced', 'Drifted', 'Evaluating', 'Stalled', 'Reconciling'];
  return types.flatMap(type => (conditions[type] ? [`${type}=${conditions[type].status}`] : [])).join(' ');
}

describe('a rule that is in SigNoz as asked for', () => {
  it.each([
    ['evaluated', entry(), spec(), 'Ready=True Synced=True Drifted=False Evaluating=True', 'Synced'],
    ['firing', entry({ state: 'firing' }), spec(), 'Ready=True Synced=True Drifted=False Evaluating=True', 'Synced'],
    [
      'disabled by the spec',
      entry({ disabled: true, state: 'disabled' }),
      spec({ disabled: true }),
      'Ready=True Synced=True Drifted=False Evaluating=False',
      'Synced',
    ],
    [
      'evaluated although the spec disables it',
      entry({ disabled: true, state: 'inactive' }),
      spec({ disabled: true }),
      'Ready=False Synced=True Drifted=False Evaluating=True',
      'NotStopped',
    ],
    // No false green: a rule that never fires is not ready, however right its text is.
    [
      'not loaded',
      entry({ disabled: true, state: 'disabled' }),
      spec(),
      'Ready=False Synced=True Drifted=False Evaluating=False',
      'NotLoaded',
    ],
    ['of no known state', entry({ state: '' }), spec(), 'Ready=True Synced=True Drifted=False Evaluating=Unknown', 'Synced'],
  ])('%s', (_, rule, asked, expected, reason) => {
    const conditions = inSync(rule, { spec: asked, duplicates: [] });
    expect([statuses(conditions), conditions['Ready']?.reason]).toEqual([expected, reason]);
  });

  it('names further rules with its marker', () => {
    expect(inSync(entry(), { spec: spec(), duplicates: ['b'] })['Synced']).toMatchObject({
      reason: 'Duplicates',
      message: expect.stringContaining('b'),
    });
  });

  it('says that changes are not looked for', () => {
    const asked = spec({ drift: { policy: 'Ignore' } });
    expect(inSync(entry(), { spec: asked, duplicates: [] })['Drifted']).toMatchObject({ status: 'False', reason: 'NotLookedFor' });
  });
});

describe('a change that is only reported', () => {
  const drift = { time: '2026-11-27T10:00:00Z', fields: ['/labels/team', '/alert'], updatedBy: 'ann@example.com' };

  it('leaves the rule ready, and is named with its author', () => {
    const conditions = changedThere(entry(), drift);
    expect(statuses(conditions)).toBe('Ready=True Synced=False Drifted=True Evaluating=True');
    expect(conditions['Drifted']?.message).toContain('by ann@example.com (/labels/team, /alert)');
  });

  it('is not ready where the rule is gone', () => {
    expect(statuses(changedThere(undefined, { ...drift, fields: [''] }))).toBe('Ready=False Synced=False Drifted=True Evaluating=False');
  });

  it('says of a disabled rule that it is not evaluated', () => {
    expect(changedThere(entry({ disabled: true, state: 'disabled' }), drift)['Evaluating']).toMatchObject({
      status: 'False',
      reason: 'DisabledInSignoz',
    });
  });

  it('names eight places and counts the rest', () => {
    const fields = Array.from({ length: 11 }, (_, n) => `/labels/l${n}`);
    expect(changedThere(entry(), { ...drift, fields })['Drifted']?.message).toContain('/labels/l7 and 3 more');
  });
});

it.each([
  ['what only a person mends', stalled('InvalidQuery', 'x'), 'Ready=False Synced=False Drifted=Unknown Evaluating=Unknown Stalled=True'],
  ['what is not known just now', unknownNow('Unreachable', 'x'), 'Ready=False Synced=Unknown Drifted=Unknown Evaluating=Unknown'],
  ['what is under way', reconciling('WaitingForSignoz', 'x'), 'Ready=Unknown Synced=Unknown Reconciling=True'],
  ['what is suspended', suspended(), 'Ready=Unknown Synced=Unknown Drifted=Unknown Evaluating=Unknown'],
  ['a plan', planPending({ action: 'Create', hash: 'abc' }), 'Ready=Unknown Synced=False'],
])('shows %s', (_, conditions, expected) => {
  expect(statuses(conditions)).toBe(expected);
});

it('tells in a plan how it is approved', () => {
  expect(planPending({ action: 'Update', hash: 'abc' })['Ready']?.message).toContain('set spec.approvedPlan to abc');
});

it.each([
  ['it was changed since it was written', spec({ drift: { policy: 'Ignore' } }), { hash: 'wanted', updatedAt: '2026-11-27T07:00:00Z' }],
  ['the switch is left to people', spec({ drift: { ignoreFields: ['/disabled'] } }), undefined],
])('does not say that SigNoz failed to load a rule that a person switched off: %s', (_, asked, written) => {
  const conditions = inSync(entry({ disabled: true, state: 'disabled' }), { spec: asked, written, duplicates: [] });
  expect([conditions['Ready']?.status, conditions['Evaluating']?.reason]).toEqual(['True', 'DisabledInSignoz']);
});

it('says of a rule that nobody disabled why it is not evaluated', () => {
  expect(evaluation(entry({ disabled: true, state: 'disabled' }), { spec: spec() })).toMatchObject({
    status: 'False',
    reason: 'NotLoaded',
  });
});

it.each([
  ['http://signoz:8080', 'http://signoz:8080/alerts/overview?ruleId=a'],
  ['https://x.example/signoz/', 'https://x.example/signoz/alerts/overview?ruleId=a'],
])('links to the rule in %s', (base, url) => {
  expect(ruleUrl(base, 'a')).toBe(url);
  expect(standing(entry({ state: '' }), base)).toEqual({ ruleId: 'a', remoteState: undefined, url });
});
