/** What a model is asked about: cleaned of secrets before it gets here. */
export interface Question {
  readonly system: string;
  readonly user: string;
}

export interface ModelAnswer {
  readonly model: string;
  readonly rootCause: string;
  readonly impact: string;
  readonly fix: string;
  readonly prevention: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** An OpenAI-compatible endpoint. Failures are PortErrors; an answer that is not of this shape is `malformed`. */
export interface Analyser {
  ask(question: Question, signal: AbortSignal): Promise<ModelAnswer>;
}

/** So many questions an hour, over all replicas. */
export interface QuestionBudget {
  /** False when the hour's questions are used up. Takes one otherwise. */
  take(signal: AbortSignal): Promise<boolean>;
}
