import fc from 'fast-check';
import { expect, it } from 'vitest';
import { entry } from '../../../test/builders/rule-facts.ts';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import { byAge, ruleEntry, sameEntry } from './rule-entry.ts';

const audit = { state: 'firing', createdAt: '2026-11-27T08:00:00Z', updatedAt: '2026-11-27T09:00:00Z', updatedBy: 'ann@example.com' };

it('keeps of a rule what says whose it is and whether it is right', () => {
  const live = { id: 'a', disabled: true, ...audit, body: postableRule() };
  const { hash, ...kept } = ruleEntry(live, []);
  expect(kept).toEqual({
    id: 'a',
    name: 'api error rate',
    disabled: true,
    marker: { clusterId: 'prod', namespace: 'monitoring', name: 'api-error-rate' },
    ...audit,
  });
  expect(hash).not.toBe(ruleEntry({ ...live, body: postableRule({ description: 'hers' }) }, []).hash);
  expect(ruleEntry(live, ['/description']).hash).toBe(
    ruleEntry({ ...live, body: postableRule({ description: 'hers' }) }, ['/description']).hash,
  );
});

it('takes a rule without a name or a text in source for what it is', () => {
  expect(ruleEntry({ id: 'a', disabled: false, ...audit, body: { source: 7 } }, [])).toMatchObject({ name: '', marker: undefined });
});

it.each([
  ['the same', entry(), entry(), true],
  ['none and none', undefined, undefined, true],
  ['one and none', entry(), undefined, false],
  ['another hash', entry(), entry({ hash: 'x' }), false],
  ['another state', entry(), entry({ state: 'firing' }), false],
  ['switched off', entry(), entry({ disabled: true }), false],
  ['saved again', entry(), entry({ updatedAt: '2026-11-27T09:59:00Z' }), false],
  ['another rule', entry(), entry({ id: 'b' }), false],
])('compares %s', (_, a, b, same) => {
  expect(sameEntry(a, b)).toBe(same);
});

it('puts the oldest first, in the same order whatever came first', () => {
  const some = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    createdAt: fc.constantFrom('2026-11-27T08:00:00Z', '2026-11-27T08:00:00.5Z', '2026-11-27T10:00:00+02:00'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(some, { selector: ({ id }) => id }), rules => {
      const entries = rules.map(rule => entry(rule));
      const sorted = entries.toSorted(byAge);
      expect(entries.toReversed().toSorted(byAge)).toEqual(sorted);
      const times = sorted.map(({ createdAt }) => Date.parse(createdAt));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
  );
});
