import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANOTHER, ELSEWHERE, entry, facts, keptFacts, newFacts, NOW, OWNER } from '../../../test/builders/rule-facts.ts';
import { nextRuleStep, type RuleFacts, type RuleStep, type UpdateReason } from './next-step.ts';
import type { RuleEntry } from './rule-entry.ts';

const byAnn = { updatedAt: '2026-11-27T09:30:00Z', updatedBy: 'ann@example.com' };
const policy = (name: 'Correct' | 'Report' | 'Ignore', ignoreFields: string[] = []) => ({ drift: { policy: name, ignoreFields } });
const update = (why: UpdateReason, drifted = false, id = 'a'): RuleStep => ({ do: 'update', id, why, drifted });

it.each<[string, RuleFacts, Partial<RuleStep>]>([
  ['nothing is there and nothing is recorded', newFacts(), { do: 'create', why: 'New', beside: [] }],
  ['another rule has the name', newFacts({ named: [entry({ id: 'x', marker: undefined })] }), { do: 'create', why: 'New', beside: ['x'] }],
  ['the rule is right', keptFacts(entry()), { do: 'nothing', duplicates: [] }],
  ['the rule is right, and only its uid is of an earlier object', keptFacts(entry({ marker: { ...OWNER, uid: '10' } })), { do: 'nothing' }],
  ['the status is lost and the marker names the object', newFacts({ own: [entry()] }), { do: 'nothing' }],
  ['the status is lost and the rule is another', newFacts({ own: [entry({ hash: 'old' })] }), update('SpecChanged')],
  [
    'the spec was changed',
    keptFacts(entry({ hash: 'old' }), { status: { written: { hash: 'old', updatedAt: entry().updatedAt } } }),
    update('SpecChanged'),
  ],
  [
    'the spec was changed, and the rule too',
    keptFacts(entry({ hash: 'hers', ...byAnn }), { status: { written: { hash: 'old', updatedAt: entry().updatedAt } } }),
    update('SpecChanged', true),
  ],
  [
    'the spec was changed, and the rule saved without a change',
    keptFacts(entry({ hash: 'old', ...byAnn }), { status: { written: { hash: 'old', updatedAt: entry().updatedAt } } }),
    update('SpecChanged'),
  ],
  ['somebody changed the rule', keptFacts(entry({ hash: 'hers', ...byAnn })), update('Drift', true)],
  [
    'somebody changed it, and that is only reported',
    keptFacts(entry({ hash: 'hers', ...byAnn }), { spec: policy('Report') }),
    { do: 'report', id: 'a' },
  ],
  [
    'somebody changed it, and that is not looked for',
    keptFacts(entry({ hash: 'hers', ...byAnn }), { spec: policy('Ignore') }),
    { do: 'nothing' },
  ],
  ['somebody saved it as it was', keptFacts(entry(byAnn)), { do: 'nothing' }],
  ['the UI wrote over its marker', keptFacts(entry({ marker: undefined, hash: 'without', ...byAnn })), update('Drift', true)],
  ['somebody disabled it', keptFacts(entry({ disabled: true, state: 'disabled', ...byAnn })), update('Drift', true)],
  [
    'somebody disabled it, which is ignored',
    keptFacts(entry({ disabled: true, state: 'disabled', ...byAnn }), { spec: policy('Correct', ['/disabled']) }),
    { do: 'nothing' },
  ],
  ['somebody changed it between the write and the look after it', keptFacts(entry({ hash: 'odd' })), update('StoredDifferently')],
  [
    'SigNoz keeps something else than was written twice',
    keptFacts(entry({ hash: 'odd' }), { status: { healing: { attempts: 2, time: '2026-11-27T09:00:00Z' } } }),
    { do: 'refuse', reason: 'StoredDifferently', about: 'a' },
  ],
  [
    'SigNoz keeps something else than was written, which is only reported',
    keptFacts(entry({ hash: 'odd' }), { spec: policy('Report') }),
    { do: 'report', id: 'a' },
  ],
  [
    'SigNoz keeps something else than was written, which is not looked for',
    keptFacts(entry({ hash: 'odd' }), { spec: policy('Ignore') }),
    { do: 'nothing' },
  ],
  ['SigNoz did not load it', keptFacts(entry({ disabled: true, state: 'disabled' })), update('NotLoaded')],
  [
    'SigNoz did not load it, and was told a moment ago',
    keptFacts(entry({ disabled: true, state: 'disabled' }), { status: { healing: { attempts: 1, time: '2026-11-27T09:59:30Z' } } }),
    { do: 'wait', until: new Date('2026-11-27T10:00:30Z') },
  ],
  [
    'SigNoz evaluates a rule that was created disabled',
    keptFacts(entry({ disabled: true, state: 'inactive' }), { spec: { disabled: true } }),
    update('NotStopped'),
  ],
  ['a disabled rule is disabled', keptFacts(entry({ disabled: true, state: 'disabled' }), { spec: { disabled: true } }), { do: 'nothing' }],
  ['somebody enabled a disabled rule', keptFacts(entry(byAnn), { spec: { disabled: true } }), update('Drift', true)],
  ['it was deleted there', facts({ recorded: 'gone' }), { do: 'create', why: 'Deleted' }],
  ['it was deleted there, which is not looked for', facts({ recorded: 'gone', spec: policy('Ignore') }), { do: 'create', why: 'Deleted' }],
  ['it was deleted there, which is only reported', facts({ recorded: 'gone', spec: policy('Report') }), { do: 'report', id: undefined }],
  ['it was deleted there, and a copy has the marker', facts({ recorded: 'gone', own: [entry({ id: 'b' })] }), { do: 'nothing' }],
  ['SigNoz cannot read it', facts({ recorded: 'unreadable' }), update('Unreadable')],
  [
    'SigNoz cannot read it, although it was written a moment ago',
    facts({ recorded: 'unreadable', status: { healing: { attempts: 1, time: '2026-11-27T09:59:30Z' } } }),
    { do: 'refuse', reason: 'Unreadable' },
  ],
  ['the recorded rule is now another object’s', keptFacts(entry({ marker: ANOTHER })), { do: 'refuse', reason: 'OwnedByAnother' }],
  ['the recorded rule is now another cluster’s', keptFacts(entry({ marker: ELSEWHERE })), { do: 'refuse', reason: 'OwnedByAnother' }],
])('%s', (_, given, expected) => {
  expect(nextRuleStep(given)).toMatchObject(expected);
});

describe('of two rules with one marker', () => {
  const older = entry({ id: 'b', createdAt: '2026-11-27T07:00:00Z' });
  const younger = entry({ id: 'c', createdAt: '2026-11-27T08:30:00Z' });

  it.each<[string, readonly RuleEntry[], Partial<RuleStep>]>([
    ['the younger goes where it is the same', [younger, older], { do: 'remove-duplicate', id: 'c', keep: older }],
    [
      'the younger goes even where the status names it',
      [entry({ createdAt: '2026-11-27T08:30:00Z' }), older],
      { do: 'remove-duplicate', id: 'a' },
    ],
    ['the younger stays where it is another', [older, { ...younger, hash: 'other' }], { do: 'nothing', duplicates: ['c'] }],
    ['the younger stays where it is disabled', [older, { ...younger, disabled: true }], { do: 'nothing', duplicates: ['c'] }],
    ['the older is put right first', [{ ...older, hash: 'old', ...byAnn }, younger], { do: 'update', id: 'b' }],
    ['ids decide where the times are the same', [{ ...younger, id: 'd' }, younger], { do: 'remove-duplicate', id: 'd' }],
  ])('%s', (_, own, expected) => {
    const recorded = own.find(({ id }) => id === 'a');
    expect(nextRuleStep(facts({ own, recorded }))).toMatchObject(expected);
  });
});

describe('taking over a rule', () => {
  const theirs = entry({ id: 'x', marker: undefined, hash: '' });
  const byName = { adoption: { policy: 'ByName' as const } };
  const byId = { adoption: { policy: 'ById' as const, ruleId: 'x' } };

  it.each<[string, RuleFacts, Partial<RuleStep>]>([
    ['by name', newFacts({ spec: byName, named: [theirs] }), update('Adoption', false, 'x')],
    ['by a name that no rule has', newFacts({ spec: byName }), { do: 'create', why: 'New' }],
    [
      'by a name that two have',
      newFacts({ spec: byName, named: [theirs, { ...theirs, id: 'y' }] }),
      { do: 'refuse', reason: 'NameAmbiguous' },
    ],
    ['by id', newFacts({ spec: byId, asked: theirs }), update('Adoption', false, 'x')],
    ['by id, of one that is its own', newFacts({ spec: byId, asked: entry({ id: 'x' }) }), update('Adoption', false, 'x')],
    ['by an id that is none', newFacts({ spec: byId, asked: 'gone' }), { do: 'refuse', reason: 'AdoptionRefused' }],
    [
      'by the id of another object’s',
      newFacts({ spec: byId, asked: { ...theirs, marker: ANOTHER } }),
      { do: 'refuse', reason: 'AdoptionRefused' },
    ],
    [
      'by the id of another cluster’s',
      newFacts({ spec: byId, asked: { ...theirs, marker: ELSEWHERE } }),
      { do: 'refuse', reason: 'AdoptionRefused' },
    ],
    ['not once it has one', keptFacts(entry(), { spec: byId, asked: theirs }), { do: 'nothing' }],
  ])('%s', (_, given, expected) => {
    expect(nextRuleStep(given)).toMatchObject(expected);
  });
});

const anyEntry = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  name: fc.constant('API errors'),
  marker: fc.constantFrom(undefined, OWNER, ANOTHER, ELSEWHERE),
  hash: fc.constantFrom('wanted', 'old', 'hers', ''),
  state: fc.constantFrom('inactive', 'firing', 'disabled', ''),
  disabled: fc.boolean(),
  createdAt: fc.constantFrom('2026-11-27T07:00:00Z', '2026-11-27T08:00:00Z'),
  updatedAt: fc.constantFrom('2026-11-27T09:00:00Z', '2026-11-27T09:30:00Z'),
  updatedBy: fc.constantFrom('', 'ann@example.com'),
});

const anyFacts = fc
  .record({
    rules: fc.uniqueArray(anyEntry, { selector: ({ id }) => id, maxLength: 4 }),
    ruleId: fc.constantFrom(undefined, 'a', 'b'),
    written: fc.constantFrom(
      undefined,
      { hash: 'wanted', updatedAt: '2026-11-27T09:00:00Z' },
      { hash: 'old', updatedAt: '2026-11-27T09:00:00Z' },
    ),
    drift: fc.constantFrom('Correct' as const, 'Report' as const, 'Ignore' as const),
    disabled: fc.boolean(),
    adoption: fc.constantFrom({ policy: 'Never' as const }, { policy: 'ByName' as const }, { policy: 'ById' as const, ruleId: 'c' }),
  })
  .map(({ rules, ruleId, written, drift, disabled, adoption }) => {
    const at = (id: string | undefined) => (id === undefined ? undefined : (rules.find(rule => rule.id === id) ?? ('gone' as const)));
    const given: RuleFacts = {
      spec: { drift: { policy: drift, ignoreFields: [] }, disabled, adoption },
      status: { ...(ruleId !== undefined && { ruleId }), ...(written && { written }) },
      owner: OWNER,
      want: { hash: 'wanted', name: 'API errors' },
      own: rules.filter(({ marker }) => marker === OWNER),
      recorded: at(ruleId),
      named: rules.filter(({ marker }) => marker === undefined),
      asked: adoption.policy === 'ById' ? at(adoption.ruleId) : undefined,
      now: NOW,
    };
    return { given, rules };
  });

it('never writes or deletes a rule with the marker of another, whatever is there', () => {
  fc.assert(
    fc.property(anyFacts, ({ given, rules }) => {
      const step = nextRuleStep(given);
      if (step.do !== 'update' && step.do !== 'remove-duplicate') return;
      const { marker } = rules.find(({ id }) => id === step.id) ?? {};
      expect(marker === undefined || marker === OWNER).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('deletes nothing but a younger rule of its own that is just what it would have written', () => {
  fc.assert(
    fc.property(anyFacts, ({ given, rules }) => {
      const step = nextRuleStep(given);
      if (step.do !== 'remove-duplicate') return;
      const gone = rules.find(({ id }) => id === step.id);
      expect(gone).toMatchObject({ hash: 'wanted', disabled: given.spec.disabled });
      expect(`${step.keep.createdAt} ${step.keep.id}` < `${gone?.createdAt} ${gone?.id}`).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
