import type { LearningRepository } from '../domain/ports/learning-repository.ts';
import type { LearningMetrics } from '../telemetry/learning-metrics.ts';

/** The repository of those who record what our own runs have shown, counted. */
export function measuredLessons(learning: LearningRepository, { outcome }: LearningMetrics): LearningRepository {
  return {
    ...learning,
    async record(outcomes, signal) {
      const recorded = await learning.record(outcomes, signal);
      for (const { is } of recorded) outcome(is, 'run');
      return recorded;
    },
  };
}
