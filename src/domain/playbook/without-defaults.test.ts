import { expect, it } from 'vitest';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { withoutDefaults } from './without-defaults.ts';

const MATCH = { anomalyKey: 'v1-7000000000000000' };
const STEPS = [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' }, parameters: {} }];
const SAID = { match: MATCH, steps: STEPS, mode: 'Approve', source: 'manual' };

it.each<readonly [name: string, spec: object, expected: object]>([
  ['nothing but defaults', {}, SAID],
  ['one of several terms', { limits: { maxPerHour: 1, cooldown: '10m' } }, { ...SAID, limits: { maxPerHour: 1 } }],
  [
    'what is no default',
    { suspend: true, onFailure: 'Rollback', rootCause: 'x' },
    { ...SAID, suspend: true, onFailure: 'Rollback', rootCause: 'x' },
  ],
  [
    'an alert and its labels',
    { match: { alertname: 'Down', labels: { a: 'b' } } },
    { ...SAID, match: { alertname: 'Down', labels: { a: 'b' } } },
  ],
])('keeps %s', (_, spec, expected) => {
  const { spec: whole } = repairPlaybook({ spec });
  expect(withoutDefaults(whole)).toEqual(expected);
  expect(repairPlaybook({ spec: withoutDefaults(whole) }).spec).toEqual(whole);
});
