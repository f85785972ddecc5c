import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionRecord, LEARNED_AT, verifiedNow } from '../../../test/builders/action-record.ts';
import type { ActionRecord } from '../ports/learning-repository.ts';
import { REPAIR_ACTIONS } from '../../crds/repairplaybook/action.ts';
import { tierOf } from './actions.ts';
import { type AdvisedAction, advisedAction } from './advised-action.ts';
import { recommendation } from './recommendation.ts';
import { type AnalyserSide, isSure, smartRecommendation } from './smart.ts';

const answer = (actions: readonly ActionRecord[], analyser: AnalyserSide, language: 'en' | 'zh-TW' = 'en') => {
  const record = { occurrences: 0, actions };
  const learning = recommendation({ record, totals: [], anomalyClass: undefined }, { language, now: LEARNED_AT });
  return { learning, smart: smartRecommendation({ learning, record, analyser }, language) };
};
const says = (action: AdvisedAction['action'], confidence: number): AnalyserSide => ({
  is: 'advised',
  advised: { action, confidence, reasoning: 'it leaks' },
});
const SEVEN_OF_TEN = [actionRecord('scale_up', [7, 10])];

describe('where learning is sure', () => {
  it('learning answers alone, and the model is not heard', () => {
    const { learning, smart } = answer([actionRecord('scale_up', [8, 10])], says('rollback', 1));
    expect(isSure(learning)).toBe(true);
    expect(smart).toEqual({ source: 'learning', recommendation: learning });
  });

  it('is not the case below 0.8', () => {
    expect(isSure(answer([actionRecord('scale_up', [79, 100])], { is: 'off' }).learning)).toBe(false);
  });
});

describe('where no model was heard, learning answers alone and says why', () => {
  it.each<[AnalyserSide, 'en' | 'zh-TW', string]>([
    [{ is: 'off' }, 'en', 'No model was asked: none is set up (AWOOOI_ANALYSER_URL).'],
    [{ is: 'off' }, 'zh-TW', '未詢問任何模型：尚未設定 (AWOOOI_ANALYSER_URL)。'],
    [{ is: 'budget' }, 'en', "No model was asked: this hour's questions are used up (AWOOOI_ANALYSER_QUESTIONS_PER_HOUR)."],
    [{ is: 'failed', fault: 'unreachable' }, 'en', 'No model has answered: it could not be reached in time.'],
    [{ is: 'failed', fault: 'malformed' }, 'en', 'No model has answered: its answer was of no use.'],
  ])('%j in %s', (analyser, language, sentence) => {
    for (const actions of [SEVEN_OF_TEN, []]) {
      const { learning, smart } = answer(actions, analyser, language);
      expect(smart).toEqual({ source: 'learning', recommendation: learning, ai_unavailable: sentence });
    }
  });
});

describe('where both were heard', () => {
  it('shows both sides, and what to do', () => {
    const { learning, smart } = answer(SEVEN_OF_TEN, says('scale_up', 0.8));
    expect(smart).toEqual({
      source: 'hybrid',
      learning,
      ai: { action: 'scale_up', confidence: 0.8, tier: 2, reasoning: 'it leaks' },
      final_recommendation: {
        action: 'scale_up',
        confidence: expect.closeTo(0.76, 12),
        tier: 2,
        decided_by: 'both',
        reason: 'What was learned and the model both say scale_up.',
        authorised: learning.authorised,
      },
    });
  });

  it.each<[string, readonly ActionRecord[], AdvisedAction['action'], number, expected: [string, number, string], reason: string]>([
    ['agreeing', SEVEN_OF_TEN, 'scale_up', 1, ['scale_up', 0.775, 'both'], 'both say scale_up'],
    ['agreeing without confidence', SEVEN_OF_TEN, 'scale_up', 0, ['scale_up', 0.7, 'both'], 'both say'],
    ['disagreeing: outcomes count more', SEVEN_OF_TEN, 'restart_pod', 1, ['scale_up', 0.525, 'learning'], 'says restart_pod, but outcomes'],
    ['disagreeing without confidence', SEVEN_OF_TEN, 'rollback', 0, ['scale_up', 0.7, 'learning'], 'says rollback'],
    ['an action nobody knows stays', [actionRecord('reboot', [3, 5])], 'rollback', 1, ['reboot', 0.45, 'learning'], 'says reboot'],
    ['no history: agreeing with the default', [], 'restart_pod', 0.8, ['restart_pod', 0.44, 'both'], 'both say restart_pod'],
    ['no history: the advice, at 0.5 at most', [], 'scale_up', 0.9, ['scale_up', 0.5, 'ai'], 'unproven here: scale_up'],
    ['no history: the advice, as sure as it is', [], 'delete_pod', 0.4, ['delete_pod', 0.4, 'ai'], 'unproven here'],
    ['no history: no surer than the default', [], 'scale_up', 0.3, ['restart_pod', 0.3, 'learning'], 'too unsure'],
    [
      'no history: not what changes what is deployed',
      [],
      'rollback',
      1,
      ['restart_pod', 0.3, 'learning'],
      'says rollback, which is tier 3',
    ],
    ['no history: people may be called', [], 'notify_team', 0.9, ['notify_team', 0.5, 'ai'], 'unproven here'],
    ['not what has failed here', [actionRecord('scale_up', [1, 3])], 'scale_up', 1, ['restart_pod', 0.3, 'learning'], '1 of 3 times here'],
    [
      'nor the default, where that failed',
      [actionRecord('restart_pod', [1, 9])],
      'restart_pod',
      1,
      ['restart_pod', 0.3, 'learning'],
      '1 of 9',
    ],
    ['but what was tried twice', [actionRecord('scale_up', [0, 2])], 'scale_up', 1, ['scale_up', 0.5, 'ai'], 'unproven here'],
    [
      'and what works and was tried too rarely',
      [actionRecord('scale_up', [4, 4])],
      'scale_up',
      1,
      ['scale_up', 0.5, 'ai'],
      'unproven here',
    ],
  ])('%s', (_, actions, action, confidence, [expected, sure, by], reason) => {
    expect(answer(actions, says(action, confidence)).smart).toMatchObject({
      final_recommendation: {
        action: expected,
        confidence: expect.closeTo(sure, 12),
        tier: tierOf(expected),
        decided_by: by,
        reason: expect.stringContaining(reason),
      },
    });
  });

  it.each<[readonly ActionRecord[], AdvisedAction['action'], number, string]>([
    [SEVEN_OF_TEN, 'scale_up', 1, '歷史數據與模型都建議 scale_up。'],
    [SEVEN_OF_TEN, 'rollback', 1, '歷史數據建議 scale_up。模型建議 rollback，但實際結果優先於模型的意見。'],
    [[], 'scale_up', 0.9, '沒有符合條件的歷史數據，因此採用模型的建議，尚未在此驗證：scale_up。'],
    [[], 'scale_up', 0.1, '模型建議 scale_up，但把握不足。預設為 restart_pod。'],
    [[], 'rollback', 1, '模型建議 rollback，屬於第 3 級：沒有實際結果支持時，不提出影響這麼大的動作。預設為 restart_pod。'],
    [[actionRecord('scale_up', [1, 3])], 'scale_up', 1, '模型建議 scale_up，但在此 3 次中僅成功 1 次。預設為 restart_pod。'],
  ])('says so in Chinese: %j and %s with %d', (actions, action, confidence, reason) => {
    expect(answer(actions, says(action, confidence), 'zh-TW').smart).toMatchObject({ final_recommendation: { reason } });
  });

  it('a model neither makes an action run by itself nor keeps one from it', () => {
    const proven = [actionRecord('scale_up', [75, 100], { verified: verifiedNow(75, 25) })];
    for (const action of ['scale_up', 'rollback'] as const)
      expect(answer(proven, says(action, 1)).smart).toMatchObject({
        final_recommendation: { action: 'scale_up', authorised: { allowed: true } },
      });
    expect(answer([], says('scale_up', 1)).smart).toMatchObject({
      final_recommendation: { authorised: { allowed: false, reason: "A model's advice never runs by itself: a person decides." } },
    });
  });

  it('stays between 0 and 1, reaches no further than both sides, and into tier 3 only by outcomes, whatever is said', () => {
    const action = fc.constantFrom(...REPAIR_ACTIONS);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(action, fc.nat({ max: 9 }), fc.nat({ max: 9 }), action, share, (tried, successes, failures, advised, confidence) => {
        const { learning, smart } = answer([actionRecord(tried, [successes, successes + failures])], says(advised, confidence));
        const final = 'final_recommendation' in smart ? smart.final_recommendation : smart.recommendation;
        expect(final.confidence).toBeGreaterThanOrEqual(0);
        expect(final.confidence).toBeLessThanOrEqual(1);
        expect([learning.action, advised]).toContain(final.action);
        expect(final.tier !== 3 || final.action === learning.action).toBe(true);
        expect(final.authorised.allowed && !learning.authorised.allowed).toBe(false);
      }),
    );
  });
});

describe('what a model has said', () => {
  it.each<[action: string, confidence: number, expected: string | undefined]>([
    ['restart_pod', 0.5, 'restart_pod'],
    [' Restart-Pod ', 1, 'restart_pod'],
    ['increase memory', 0, 'increase_memory'],
    ['rm -rf /', 1, undefined],
    ['', 1, undefined],
    ['constructor', 1, undefined],
    ['restart_pod', 1.1, undefined],
    ['restart_pod', -0.1, undefined],
    ['restart_pod', Number.NaN, undefined],
  ])('%j with confidence %d', (action, confidence, expected) => {
    expect(advisedAction({ action, confidence, reasoning: 'because' })?.action).toBe(expected);
  });

  it('is cleaned of secrets, and cut', () => {
    const said = advisedAction({ action: 'rollback', confidence: 1, reasoning: ` token=abc123 ${'x'.repeat(9_000)}` });
    expect(said?.reasoning).toMatch(/^token=\*\*\* x+…$/);
    expect(said?.reasoning).toHaveLength(2_000);
  });
});
