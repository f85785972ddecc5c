/** What is wrong with a PromQL text, and where: offsets into it, `to` excluded. */
export interface PromqlProblem {
  readonly from: number;
  readonly to: number;
  /** A sentence, without the position. */
  readonly message: string;
}

export interface PromqlMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One vector selector, in the order of the text. */
export interface PromqlSelector {
  /** Absent where only matchers select, such as `{job="api"}`. */
  readonly metric?: string;
  /** Those written in braces; `__name__` counts as the metric where it is matched with `=`. */
  readonly matchers: readonly PromqlMatcher[];
}

/** `query operator number`: a number on the left has been mirrored to the right. */
export interface PromqlComparison {
  /** The text of the other side, without the parentheses around the whole of it. */
  readonly query: string;
  readonly operator: '>' | '<' | '>=' | '<=' | '==' | '!=';
  readonly number: number;
}

export interface PromqlReading {
  readonly type: 'vector' | 'scalar';
  /** The outermost comparison with a number, where the whole text is one without `bool`. */
  readonly comparison?: PromqlComparison;
  /** Where the whole text is `absent(…)` of a plain selector (without range, function or operator): the text of that selector. */
  readonly absentOf?: string;
  readonly selectors: readonly PromqlSelector[];
}

export type ReadPromql =
  | { readonly ok: true; readonly reading: PromqlReading }
  /** In the order of the text. */
  | { readonly ok: false; readonly problems: readonly [PromqlProblem, ...PromqlProblem[]] };

/** Prometheus's own grammar and type checker: accepts what `promtool check rules` accepts as the `expr` of an alert, and nothing else. */
export interface PromqlSyntax {
  read(text: string): ReadPromql;
}
