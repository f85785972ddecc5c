import type { Incident } from '../incidents/incident.ts';
import type { Adviser } from '../ports/adviser.ts';
import type { QuestionBudget } from '../ports/analyser.ts';
import type { AnomalyRecord } from '../ports/learning-repository.ts';
import { PortError } from '../ports/port-error.ts';
import type { Language } from '../text/language.ts';
import { adviceQuestion } from './advice-question.ts';
import type { AnalyserSide } from './smart.ts';

export interface AdvicePorts {
  /** Undefined where no model is set up. */
  readonly adviser: Adviser | undefined;
  /** One for all questions to the model, whatever they are about. */
  readonly budget: QuestionBudget;
  /** Something that nobody can know beforehand. */
  readonly nonce: () => string;
  readonly timeoutMs: number;
}

interface Asked {
  readonly record: AnomalyRecord;
  readonly incident: Incident | undefined;
  readonly language: Language;
  readonly signal: AbortSignal;
}

/** What a model says, or why none does. It is asked once: whoever waits for an answer can ask again. */
export async function modelAdvice({ adviser, budget, nonce, timeoutMs }: AdvicePorts, asked: Asked): Promise<AnalyserSide> {
  const { record, incident, language, signal } = asked;
  if (!adviser) return { is: 'off' };
  if (!(await budget.take(signal))) return { is: 'budget' };
  const question = adviceQuestion({ record, incident }, { language, nonce: nonce() });
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    return { is: 'advised', advised: await adviser.advise(question, inTime) };
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return { is: 'failed', fault: err.fault };
  }
}
