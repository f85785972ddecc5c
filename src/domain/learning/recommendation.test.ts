import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionRecord, LEARNED_AT, verifiedNow } from '../../../test/builders/action-record.ts';
import type { ActionRecord } from '../ports/learning-repository.ts';
import { REPAIR_ACTIONS } from '../../crds/repairplaybook/action.ts';
import { type Learned, recommendation } from './recommendation.ts';

const recommended = (actions: readonly ActionRecord[], language: 'en' | 'zh-TW' = 'en', changes: Partial<Learned> = {}) =>
  recommendation({ record: { occurrences: 0, actions }, totals: [], anomalyClass: undefined, ...changes }, { language, now: LEARNED_AT });

const best = (successes: number, failures: number) => actionRecord('scale_up', [90, 100], { verified: verifiedNow(successes, failures) });
const fiveOf = (hoursAgo: number) => {
  const asOf = new Date(LEARNED_AT.getTime() - hoursAgo * 3_600_000);
  return recommended([actionRecord('scale_up', [5, 5], { verified: { successes: 5, failures: 0, asOf } })]).authorised;
};
const totalsWith = (successes: number, failures: number) => [
  { action: 'scale_up', verified: verifiedNow(5 + successes, 1 + failures) },
  { action: 'scale_up', anomalyClass: 'A/Deployment', verified: verifiedNow(5 + successes, 1 + failures) },
];

describe('which action is recommended', () => {
  it.each<[name: string, given: readonly ActionRecord[], expected: readonly string[]]>([
    ['none of which nothing is known', [], ['restart_pod', 'delete_pod']],
    ['none with four attempts', [actionRecord('rollback', [4, 4])], ['restart_pod', 'delete_pod']],
    ['one with five', [actionRecord('rollback', [5, 5])], ['rollback']],
    ['one with a rate of 0.6', [actionRecord('scale_up', [3, 5])], ['scale_up']],
    ['none below it', [actionRecord('scale_up', [59, 100])], ['restart_pod', 'delete_pod']],
    [
      'the higher score: often used before rarely used',
      [actionRecord('rollback', [18, 20]), actionRecord('scale_up', [620, 1000])],
      ['scale_up', 'rollback'],
    ],
    ['the lower tier for one score', [actionRecord('rollback', [6, 6]), actionRecord('scale_up', [6, 6])], ['scale_up', 'rollback']],
    [
      'then by name, and two alternatives at most',
      ['restart_pod', 'restart_container', 'delete_pod', 'reboot'].map(action => actionRecord(action, [6, 6])),
      ['delete_pod', 'reboot', 'restart_container'],
    ],
    [
      'an action that nobody knows is of tier 1',
      [actionRecord('reboot', [6, 6]), actionRecord('scale_up', [6, 6])],
      ['reboot', 'scale_up'],
    ],
  ])('%s', (_, given, expected) => {
    for (const actions of [given, given.toReversed()]) {
      const { action, alternatives } = recommended(actions);
      expect([action, ...alternatives.map(one => one.action)]).toEqual(expected);
    }
  });
});

describe('what the answer says', () => {
  it('of an action with a history', () => {
    const actions = [
      actionRecord('scale_up', [9, 12], { recentSeconds: [10, 0, 20, 30, 0], verified: verifiedNow(2, 1) }),
      actionRecord('restart_pod', [4, 5]),
    ];
    expect(recommended(actions, 'zh-TW')).toEqual({
      action: 'scale_up',
      confidence: 0.75,
      tier: 2,
      based_on: '12 次歷史數據',
      avg_execution_time: 20,
      alternatives: [{ action: 'restart_pod', confidence: 0.8, tier: 1 }],
      lower_bound: expect.closeTo(0.2486, 4),
      effective_n: 3,
      authorised: { allowed: false, reason: '經本系統驗證的執行折算為 3.0 次（每 30 天減半），需要 5.0 次：請先核准更多次執行。' },
      legacy_score: 0.75 * Math.log(13),
    });
    expect(recommended(actions).based_on).toBe('12 attempts so far');
  });

  it.each([
    ['zh-TW', '無歷史數據,使用預設', '這是沒有歷史數據支持的預設方案，須由人員決定。'],
    ['en', 'no history, using the default', 'This is a default that no history stands behind: a person decides.'],
  ] as const)('in %s where nothing qualifies', (language, basedOn, reason) => {
    expect(recommended([], language)).toEqual({
      action: 'restart_pod',
      confidence: 0.3,
      tier: 1,
      based_on: basedOn,
      avg_execution_time: 30,
      alternatives: [{ action: 'delete_pod', confidence: 0.3, tier: 1 }],
      lower_bound: expect.closeTo(0.05, 9),
      effective_n: 0,
      authorised: { allowed: false, reason },
      legacy_score: 0,
    });
  });

  it('no time where none was reported', () => {
    expect(recommended([actionRecord('scale_up', [5, 5], { recentSeconds: [0, 0] })]).avg_execution_time).toBe(0);
    expect(recommended([actionRecord('scale_up', [5, 5])]).avg_execution_time).toBe(0);
  });
});

describe('whether it may run by itself', () => {
  it.each<[name: string, record: ActionRecord, allowed: boolean, reason: unknown]>([
    ['five verified of five', best(5, 0), true, null],
    ['never by outcomes from outside, however many', best(0, 0), false, expect.stringMatching(/count as 0\.0 .* and 5\.0 are needed/)],
    ['four verified are too few', best(4, 0), false, expect.stringMatching(/count as 4\.0 /)],
    [
      'three of five',
      best(3, 2),
      false,
      expect.stringMatching(/in at least 27 % of all cases, and at least 60 % is needed \(verified runs count as 5\.0\)/),
    ],
    ['what is just below is not shown as enough', best(29.5, 11), false, expect.stringMatching(/in at least 59 % of all cases/)],
    [
      'not a default, whatever was verified',
      actionRecord('restart_pod', [2, 100], { verified: verifiedNow(50, 0) }),
      false,
      expect.stringContaining('a person decides'),
    ],
  ])('%s', (_, record, allowed, reason) => {
    expect(recommended([record]).authorised).toEqual({ allowed, reason });
  });

  it('five outcomes of the last hours are five, those of last week are not', () => {
    expect(fiveOf(6)).toEqual({ allowed: true, reason: null });
    expect(fiveOf(7 * 24)).toEqual({ allowed: false, reason: expect.stringContaining('count as 4.3') });
  });

  it('what others of its class have shown helps or stands against it', () => {
    const actions = [best(5, 1)];
    const allowed = (successes: number, failures: number) =>
      recommended(actions, 'en', { totals: totalsWith(successes, failures), anomalyClass: 'A/Deployment' }).authorised.allowed;
    expect(recommended(actions).authorised.allowed).toBe(false);
    expect(allowed(40, 0)).toBe(true);
    expect(allowed(0, 40)).toBe(false);
  });
});

describe('for any history', () => {
  const record = fc
    .record({ action: fc.constantFrom(...REPAIR_ACTIONS, 'reboot'), successes: fc.nat({ max: 50 }), failures: fc.nat({ max: 50 }) })
    .map(({ action, successes, failures }) =>
      actionRecord(action, [successes, successes + failures], { verified: verifiedNow(successes, failures) }),
    );
  const history = fc.uniqueArray(record, { selector: ({ action }) => action, maxLength: 12 });

  it('confidence and lower bound lie in 0 to 1, and the order of records does not matter', () => {
    fc.assert(
      fc.property(history, actions => {
        const answer = recommended(actions);
        for (const number of [answer.confidence, answer.lower_bound, ...answer.alternatives.map(one => one.confidence)]) {
          expect(number).toBeGreaterThanOrEqual(0);
          expect(number).toBeLessThanOrEqual(1);
        }
        expect(answer.alternatives.length).toBeLessThanOrEqual(2);
        expect(recommended(actions.toReversed())).toEqual(answer);
      }),
    );
  });

  it('a success more of the recommended action leaves it recommended and lowers neither number; a failure more raises neither', () => {
    fc.assert(
      fc.property(history, actions => {
        const before = recommended(actions);
        if (before.effective_n === 0) return;
        const after = (success: boolean) =>
          recommended(
            actions.map(one =>
              one.action === before.action
                ? actionRecord(one.action, [one.successes + Number(success), one.attempts + 1], {
                    verified: verifiedNow(one.verified.successes + Number(success), one.verified.failures + Number(!success)),
                  })
                : one,
            ),
          );
        const better = after(true);
        expect(better.action).toBe(before.action);
        expect(better.confidence).toBeGreaterThanOrEqual(before.confidence);
        expect(better.lower_bound).toBeGreaterThanOrEqual(before.lower_bound - 1e-9);
        const worse = after(false);
        if (worse.action !== before.action || worse.based_on.startsWith('no ')) return;
        expect(worse.confidence).toBeLessThanOrEqual(before.confidence);
        expect(worse.lower_bound).toBeLessThanOrEqual(before.lower_bound + 1e-9);
      }),
    );
  });
});
