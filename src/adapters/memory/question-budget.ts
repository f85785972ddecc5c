import type { QuestionBudget } from '../../domain/ports/analyser.ts';

const HOUR_MS = 3_600_000;

/** The budget of one process; the hour begins with its first question. */
export function memoryQuestionBudget({ now, perHour }: { now: () => Date; perHour: number }): QuestionBudget {
  let hour = { since: -Infinity, asked: 0 };
  return {
    async take() {
      const at = now().getTime();
      if (at - hour.since >= HOUR_MS) hour = { since: at, asked: 0 };
      if (hour.asked >= perHour) return false;
      hour = { ...hour, asked: hour.asked + 1 };
      return true;
    },
  };
}
