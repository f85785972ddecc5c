import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../crds/conditions.ts';
import { type Decision, foldConditions } from './reconcile.ts';

const before = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-01-02T00:00:00.123Z');

function condition(type: string, status: Condition['status']): Condition {
  return { type, status, reason: 'Old', message: 'old', observedGeneration: 1, lastTransitionTime: before.toISOString() };
}

const decision = (status: Decision['status']): Decision => ({ status, reason: 'New', message: 'new' });

describe('foldConditions', () => {
  it('keeps the transition time while the status stays, and moves it when it turns', () => {
    const folded = foldConditions({
      before: [condition('Ready', 'True'), condition('ChainHealthy', 'True')],
      decisions: { Ready: decision('True'), ChainHealthy: decision('False') },
      generation: 2,
      now,
    });
    expect(folded).toEqual([
      { type: 'Ready', status: 'True', reason: 'New', message: 'new', observedGeneration: 2, lastTransitionTime: before.toISOString() },
      {
        type: 'ChainHealthy',
        status: 'False',
        reason: 'New',
        message: 'new',
        observedGeneration: 2,
        lastTransitionTime: '2026-01-02T00:00:00Z',
      },
    ]);
  });

  it('has Ready from the first moment, Unknown until something was decided', () => {
    expect(foldConditions({ before: [], decisions: undefined, generation: 1, now })).toEqual([
      expect.objectContaining({ type: 'Ready', status: 'Unknown', observedGeneration: 1 }),
    ]);
  });

  it('leaves all as it stood when nothing was decided', () => {
    const stood = [condition('Ready', 'False'), condition('Stalled', 'True')];
    expect(foldConditions({ before: stood, decisions: undefined, generation: 5, now })).toEqual(stood);
  });

  it('takes Stalled away as soon as a decision does not name it', () => {
    const folded = foldConditions({
      before: [condition('Ready', 'False'), condition('Stalled', 'True')],
      decisions: { Ready: decision('True') },
      generation: 2,
      now,
    });
    expect(folded.map(c => c.type)).toEqual(['Ready']);
  });

  it('keeps to kstatus whatever is decided after whatever stood', () => {
    const types = ['Ready', 'Reconciling', 'Stalled', 'ChainHealthy'];
    const statuses = fc.constantFrom<Condition['status']>('True', 'False', 'Unknown');
    const some = fc.dictionary(fc.constantFrom(...types), statuses, { maxKeys: 4 });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 6 }), history => {
        let stood: readonly Condition[] = [];
        for (const round of history) {
          const decisions = Object.fromEntries(Object.entries(round).map(([type, status]) => [type, decision(status)]));
          stood = foldConditions({ before: stood, decisions, generation: 1, now });
          const all = stood.map(c => c.type);
          expect(all[0]).toBe('Ready');
          expect(new Set(all).size).toBe(all.length);
          expect(all.includes('Stalled') && all.includes('Reconciling')).toBe(false);
          expect(stood.filter(c => ['Stalled', 'Reconciling'].includes(c.type) && c.status !== 'True')).toEqual([]);
        }
      }),
    );
  });
});
