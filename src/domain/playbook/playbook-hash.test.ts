import { expect, it } from 'vitest';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { playbookHash, stepsHash } from './playbook-hash.ts';

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

const restart = { action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } };
const stepsOf = (...steps: readonly object[]): string => stepsHash(repairPlaybook({ spec: { steps } }).spec);

it.each([
  ['another action', [{ ...restart, action: 'rollback' }]],
  ['another target', [{ ...restart, target: { kind: 'Deployment', name: 'web' } }]],
  ['a target of another kind', [{ ...restart, target: { kind: 'StatefulSet', name: 'api' } }]],
  ['a target from a label', [{ ...restart, target: { kind: 'Deployment', fromLabel: 'deployment' } }]],
  ['a step more', [restart, { action: 'notify_team', parameters: { text: 'Look.' } }]],
])('the steps are others with %s', (_, steps) => {
  expect(stepsOf(...steps)).toMatch(/^[0-9a-f]{16}$/);
  expect(stepsOf(...steps)).not.toBe(stepsOf(restart));
});

it('the steps are others with another parameter, or in another order', () => {
  const scale = (by: number) => ({ ...restart, action: 'scale_up', parameters: { by, maxReplicas: 5 } });
  expect(stepsOf(scale(1))).not.toBe(stepsOf(scale(2)));
  expect(stepsOf(scale(1), restart)).not.toBe(stepsOf(restart, scale(1)));
});

it('the steps are the same with their tier written out, and under whatever terms', () => {
  expect(stepsOf({ ...restart, tier: 1 })).toBe(stepsOf(restart));
  const { spec } = repairPlaybook({ spec: { match: { alertname: 'X' }, limits: { maxPerHour: 1 }, description: 'x' } });
  expect(stepsHash(spec)).toBe(stepsOf(restart));
});
