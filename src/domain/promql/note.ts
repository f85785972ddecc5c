import type { PromqlProblem } from '../ports/promql-syntax.ts';

/** What a translation changed or cannot promise, and the reader should know. */
export type NoteCode =
  | 'LateWindow'
  | 'HoldAsWindow'
  | 'ShortWindow'
  | 'AnySample'
  | 'SilentWithoutSeries'
  | 'AbsentOffered'
  | 'FunctionDropped'
  | 'UnitSet'
  | 'UnitConflict'
  | 'LabelRenamed'
  | 'NoExternalLabels'
  | 'DollarEscaped'
  | 'UnknownMetric'
  | 'UnknownLabel'
  | 'DurationRounded'
  | 'NotTranslated'
  | 'SeverityChosen';

export type RefusalCode =
  | 'InvalidQuery'
  | 'InvalidTarget'
  | 'InvalidDuration'
  | 'InvalidTemplate'
  | 'InvalidName'
  | 'UnknownFunction'
  | 'UnknownVariable'
  | 'UnknownField'
  | 'ValueComputed'
  | 'LabelCollision'
  | 'RecordingRule';

export interface Note {
  readonly code: NoteCode;
  /** Where it is written, such as `expr`, `for` or `annotations.summary`. */
  readonly field: string;
  readonly message: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  readonly field: string;
  readonly message: string;
  /** For InvalidQuery: where in the text. */
  readonly problem?: PromqlProblem;
}

const TRUE_OF_EVERY_RULE: ReadonlySet<NoteCode> = new Set<NoteCode>(['LateWindow', 'HoldAsWindow']);

/** True for what is so of every rule in SigNoz: worth saying once, and no loss in the translation of this one. */
export function isRemark({ code }: Note): boolean {
  return TRUE_OF_EVERY_RULE.has(code);
}
