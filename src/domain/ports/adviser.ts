import type { AdvisedAction } from '../learning/advised-action.ts';
import type { Question } from './analyser.ts';

/** A model that says which repair to try. Failures are PortErrors; an answer that names no known action is `malformed`. */
export interface Adviser {
  advise(question: Question, signal: AbortSignal): Promise<AdvisedAction>;
}
