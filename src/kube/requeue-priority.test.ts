import { expect, it } from 'vitest';
import type { Decision, KubeObject, Outcome } from './reconcile.ts';
import { requeuePriority } from './requeue-priority.ts';

const is = (status: Decision['status']): Decision => ({ status, reason: 'R', message: 'm' });

function object(deletionTimestamp?: string): KubeObject {
  const meta = { name: 'a', namespace: 'ns', uid: 'u', generation: 1, resourceVersion: '1' };
  return { apiVersion: 'v1', kind: 'K', metadata: { ...meta, ...(deletionTimestamp && { deletionTimestamp }) } };
}

it.each<[string, Outcome, 'normal' | 'low']>([
  ['that is ready', { conditions: { Ready: is('True') } }, 'low'],
  ['that decides nothing', {}, 'low'],
  ['that only a person can mend', { conditions: { Ready: is('False'), Stalled: is('True') } }, 'low'],
  ['that is not ready yet', { conditions: { Ready: is('False') } }, 'normal'],
  ['that knows nothing yet', { conditions: { Ready: is('Unknown') } }, 'normal'],
  ['that is on its way', { conditions: { Reconciling: is('True') } }, 'normal'],
])('after a change, an outcome %s is looked at again at the right level', (_, outcome, expected) => {
  expect(requeuePriority(object(), { ...outcome, requeueAfterMs: 1000 }, 'normal')).toBe(expected);
  expect(requeuePriority(object(), { ...outcome, requeueAfterMs: 1000 }, 'low')).toBe('low');
});

it('keeps the level of what goes on at once, and of a deletion', () => {
  const done: Outcome = { conditions: { Ready: is('True') } };
  expect(requeuePriority(object(), { ...done, requeueAfterMs: 0 }, 'normal')).toBe('normal');
  expect(requeuePriority(object('2026-01-01T00:00:00Z'), { ...done, requeueAfterMs: 1000 }, 'normal')).toBe('normal');
  expect(requeuePriority(object('2026-01-01T00:00:00Z'), { ...done, requeueAfterMs: 0 }, 'low')).toBe('low');
});
