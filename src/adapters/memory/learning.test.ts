import { describe } from 'vitest';
import { learningRepositoryContract } from '../../../test/contracts/learning-repository.contract.ts';
import { verifiedOutcomesContract } from '../../../test/contracts/verified-outcomes.contract.ts';
import { memoryLearning } from './learning.ts';

describe('LearningRepository in memory', () => {
  describe('what is verified', () => {
    verifiedOutcomesContract(() => ({ learning: memoryLearning({ now: () => new Date() }) }));
  });

  learningRepositoryContract(() => {
    const occurred = new Map<string, number>();
    const learning = memoryLearning({ now: () => new Date(), occurrences: anomalyKey => occurred.get(anomalyKey) ?? 0 });
    return { learning, other: learning, occur: async (anomalyKey, times) => void occurred.set(anomalyKey, times) };
  });
});
