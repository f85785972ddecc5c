import { expect, it } from 'vitest';
import { actionRecord } from '../../../test/builders/action-record.ts';
import type { ActionRecord } from '../ports/learning-repository.ts';
import { learningSummary } from './summary.ts';

const KEY = 'v1-0123456789abcdef';
const summary = (actions: readonly ActionRecord[], occurrences = 7) => learningSummary(KEY, { occurrences, actions });

it('says what was tried, and what works best', () => {
  expect(summary([actionRecord('restart_pod', [2, 8]), actionRecord('rollback', [4, 5]), actionRecord('delete_pod', [2, 2])])).toEqual({
    anomaly_key: KEY,
    total_occurrences: 7,
    total_repair_attempts: 15,
    overall_success_rate: 8 / 15,
    actions_tried: ['restart_pod', 'rollback', 'delete_pod'],
    best_action: { action: 'rollback', success_rate: 0.8 },
    learning_status: 'sufficient',
  });
});

it('says that nothing is known', () => {
  expect(summary([], 0)).toEqual({
    anomaly_key: KEY,
    total_occurrences: 0,
    total_repair_attempts: 0,
    overall_success_rate: 0,
    actions_tried: [],
    best_action: null,
    learning_status: 'insufficient',
  });
});

it.each<[string, readonly ActionRecord[], string | undefined]>([
  ['none with two attempts', [actionRecord('rollback', [2, 2])], undefined],
  ['none that never worked', [actionRecord('rollback', [0, 9])], undefined],
  ['three attempts are enough', [actionRecord('rollback', [1, 3])], 'rollback'],
  ['of one rate the more often tried', [actionRecord('delete_pod', [3, 3]), actionRecord('rollback', [4, 4])], 'rollback'],
  ['of one rate and number the lower tier', [actionRecord('rollback', [3, 3]), actionRecord('scale_up', [3, 3])], 'scale_up'],
  ['then by name', [actionRecord('restart_pod', [3, 3]), actionRecord('delete_pod', [3, 3])], 'delete_pod'],
])('best action: %s', (_, actions, expected) => {
  expect(summary(actions).best_action?.action).toBe(expected);
  expect(summary(actions.toReversed()).best_action?.action).toBe(expected);
});

it.each<[successes: number, attempts: number, status: string]>([
  [2, 2, 'insufficient'],
  [3, 3, 'learning'],
  [9, 9, 'learning'],
  [8, 10, 'excellent'],
  [7, 10, 'sufficient'],
  [0, 10, 'sufficient'],
])('%d of %d: %s', (successes, attempts, status) => {
  expect(summary([actionRecord('rollback', [successes, attempts])]).learning_status).toBe(status);
});
