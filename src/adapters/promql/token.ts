import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';

/** One lexical unit of PromQL as Prometheus's own lexer cuts it: comments and blanks are none. */
export interface Token {
  readonly is: 'number' | 'string' | 'name' | 'keyword' | 'sign';
  readonly from: number;
  readonly to: number;
  /** As written; a keyword in small letters. */
  readonly text: string;
}

/** What a text is made of, or the first thing that is no part of PromQL. */
export type Lexed = { readonly tokens: readonly Token[] } | { readonly problem: PromqlProblem };

/** Names that mean something by themselves outside braces, in small or capital letters. */
export const AGGREGATORS: ReadonlySet<string> = new Set([
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);
export const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2']);
const OTHERS = ['offset', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'start', 'end'];
export const KEYWORDS: ReadonlySet<string> = new Set([...AGGREGATORS, ...WORD_OPERATORS, ...OTHERS]);
