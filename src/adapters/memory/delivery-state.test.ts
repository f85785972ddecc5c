import { describe, expect, it } from 'vitest';
import {
  chainStateContract,
  pressLogContract,
  questionBudgetContract,
  sendRateContract,
} from '../../../test/contracts/delivery-state.contract.ts';
import { PRESS_CLAIMED_MS } from '../../domain/ports/press-log.ts';
import { memoryChainState } from './chain-state.ts';
import { memoryPressLog } from './press-log.ts';
import { memoryQuestionBudget } from './question-budget.ts';
import { memorySendRate } from './send-rate.ts';

describe('SendRate in memory', () => {
  sendRateContract(() => {
    let at = 0;
    return { rate: memorySendRate({ now: () => new Date(at) }), elapse: async ms => void (at += ms) };
  });
});

describe('QuestionBudget in memory', () => {
  questionBudgetContract(perHour => memoryQuestionBudget({ now: () => new Date(0), perHour }));

  it('has questions again after an hour', async () => {
    let at = 0;
    const budget = memoryQuestionBudget({ now: () => new Date(at), perHour: 1 });
    const { signal } = new AbortController();
    expect([await budget.take(signal), await budget.take(signal)]).toEqual([true, false]);
    at = 3_600_000;
    expect(await budget.take(signal)).toBe(true);
  });
});

describe('PressLog in memory', () => {
  pressLogContract(() => memoryPressLog({ now: () => new Date(0) }));

  it('takes a claim back after its time, and not before', async () => {
    let at = 0;
    const log = memoryPressLog({ now: () => new Date(at) });
    const { signal } = new AbortController();
    expect([await log.claim('p', signal), await log.claim('p', signal)]).toEqual(['ours', 'others']);
    at = PRESS_CLAIMED_MS - 1;
    expect(await log.claim('p', signal)).toBe('others');
    at = PRESS_CLAIMED_MS;
    expect(await log.claim('p', signal)).toBe('ours');
  });
});

describe('ChainState in memory', () => {
  chainStateContract(memoryChainState);
});
