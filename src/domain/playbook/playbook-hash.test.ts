import { expect, it } from 'vitest';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { playbookHash } from './playbook-hash.ts';

const hashOf = (spec: object = {}): string => playbookHash(repairPlaybook({ spec }).spec);

it('is 16 hex digits, whatever the order of fields', () => {
  expect(hashOf()).toMatch(/^[0-9a-f]{16}$/);
  expect(hashOf({ limits: { maxPerHour: 2, cooldown: '5m' } })).toBe(hashOf({ limits: { cooldown: '5m', maxPerHour: 2 } }));
});

it.each([
  ['match', { match: { alertname: 'HighLatency' } }],
  ['steps', { steps: [{ action: 'rollback', target: { kind: 'Deployment', name: 'api' } }] }],
  ['approval', { approval: { quorum: 2 } }],
  ['verify', { verify: { window: '1m' } }],
  ['limits', { limits: { maxPerHour: 1 } }],
  ['onFailure', { onFailure: 'Rollback' }],
  ['gitOps', { gitOps: 'AllowRevert' }],
])('is another one with other %s', (_, spec) => {
  expect(hashOf(spec)).not.toBe(hashOf());
});

it.each([
  ['description', { description: 'Restarts it.' }],
  ['rootCause', { rootCause: 'a leak' }],
  ['evidence', { evidence: '8 of 9' }],
  ['source', { source: 'auto_learning' }],
  ['mode', { mode: 'Automatic' }],
  ['suspend', { suspend: true }],
  ['history limits', { successfulRunsHistoryLimit: 1, failedRunsHistoryLimit: 1 }],
])('is the same with other %s', (_, spec) => {
  expect(hashOf(spec)).toBe(hashOf());
});
