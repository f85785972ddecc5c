import { expect, it } from 'vitest';
import { longRule, shortRule } from '../../../test/builders/signoz-alert-rule.ts';
import { parseSignozAlertRule } from '../../crds/signozalertrule/parse.ts';
import { ruleTiming } from './rule-timing.ts';

function rule(name: string, spec: object) {
  const parsed = parseSignozAlertRule({ apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name }, spec });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.object;
}

const MINUTE = 60_000;
const rules = [
  rule('short', shortRule({ for: '7m' })),
  rule('long', longRule({ evaluation: { kind: 'rolling', spec: { evalWindow: '5m', frequency: '30s' } } })),
  rule('elsewhere', shortRule({}, { name: 'Named otherwise' })),
  rule('twice', shortRule({ for: '2m', frequency: '10s' }, { name: 'Same' })),
  rule('often', shortRule({ for: '2m', frequency: '10s' })),
  rule('again', shortRule({ for: '20m' }, { name: 'Same' })),
];

it.each([
  ['short', { forMs: 7 * MINUTE, intervalMs: MINUTE }],
  ['often', { forMs: 2 * MINUTE, intervalMs: MINUTE / 6 }],
  ['long', { forMs: 5 * MINUTE, intervalMs: MINUTE / 2 }],
  ['Named otherwise', { forMs: 0, intervalMs: MINUTE }],
  ['Same', { forMs: 20 * MINUTE, intervalMs: MINUTE }],
])('is read from the rule %s', (name, timing) => {
  expect(ruleTiming(rules, { source: 'signoz', name })).toEqual(timing);
});

it('is not known of a rule that nobody wrote here, nor of one of another sender', () => {
  expect(ruleTiming(rules, { source: 'signoz', name: 'elsewhere' })).toBeUndefined();
  expect(ruleTiming(rules, { source: 'alertmanager', name: 'short' })).toBeUndefined();
});
