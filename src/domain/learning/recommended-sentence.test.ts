import { expect, it } from 'vitest';
import type { ActionRecord } from '../ports/learning-repository.ts';
import { recommendedSentence } from './recommended-sentence.ts';

const NOW = new Date('2026-11-27T10:00:00Z');
const tried = (action: string, successes: number, attempts: number): ActionRecord => ({
  action,
  attempts,
  successes,
  recentSeconds: [],
  verified: { successes: 0, failures: 0, asOf: NOW },
  lastAt: NOW,
});
const sentence = (language: 'en' | 'zh-TW', ...actions: ActionRecord[]) =>
  recommendedSentence({ occurrences: 9, actions }, { language, now: NOW });

it('says what has helped best, how often and of how many attempts', () => {
  const actions = [tried('restart_pod', 3, 6), tried('scale_up', 11, 12)];
  expect(sentence('en', ...actions)).toBe('scale_up: it has helped in 92 % of 12 attempts.');
  expect(sentence('zh-TW', ...actions)).toBe('scale_up：12 次歷史數據中成功率 92 %。');
});

it('says nothing where nothing has proved itself', () => {
  expect(sentence('en')).toBeUndefined();
  expect(sentence('en', tried('restart_pod', 1, 9), tried('scale_up', 4, 4))).toBeUndefined();
});
