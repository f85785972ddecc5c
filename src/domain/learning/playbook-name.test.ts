import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { REPAIR_ACTIONS } from '../../crds/repairplaybook/action.ts';
import { learnedPlaybookName } from './playbook-name.ts';

it('says which action, and for which anomaly', () => {
  expect(learnedPlaybookName('v1-0123456789abcdef', 'restart_pod')).toBe('restart-pod-v1-0123456789abcdef');
  expect(learnedPlaybookName('v1-0123456789abcdef', 'manual_intervention')).toBe('manual-intervention-v1-0123456789abcdef');
});

it('hashes the key of an earlier system', () => {
  expect(learnedPlaybookName('Prod/API: 5xx', 'rollback')).toBe('rollback-x-941e4ed1381c9600');
});

it('is a DNS-1123 label, another one for each pair, and always the same', () => {
  const action = fc.constantFrom(...REPAIR_ACTIONS);
  fc.assert(
    fc.property(fc.string(), fc.string(), action, action, (key, otherKey, one, other) => {
      const name = learnedPlaybookName(key, one);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(learnedPlaybookName(key, one)).toBe(name);
      expect(learnedPlaybookName(otherKey, other) === name).toBe(key === otherKey && one === other);
    }),
  );
});
