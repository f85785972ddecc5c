import type { PromqlProblem, PromqlSelector } from '../../domain/ports/promql-syntax.ts';
import type { Token } from './token.ts';

/**
 * Deeper ones cost the recursive type checker its stack, and the square of their depth in time; and the grammar gives up at a long
 * chain of more than 150 operators (two of the 300 reductions that lezer allows for each).
 */
export const DEEPEST = 150;
export const TOO_DEEP = 'The expression nests or chains too much: move parts of it into recording rules.';

/** What the last operand is, as far as a range, `offset` and `@` may follow it. */
export interface Operand {
  readonly is: 'selector' | 'range' | 'subquery' | 'other';
  readonly from: number;
  readonly offset: boolean;
  /** `@` with a number, and `@ start()` or `@ end()`. */
  readonly time: boolean;
  readonly preset: boolean;
}

/** An open round bracket: of a grouping, or of a call by its name. */
export interface Opened {
  readonly from: number;
  readonly call?: string;
  readonly aggregate?: { readonly grouped: boolean };
  /** Whether an operator or a sign stands before it. */
  readonly joined: boolean;
  commas: number;
}

/** One pass over the tokens. */
export interface Walk {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  readonly opened: Opened[];
  operand: Operand | undefined;
  /** Whether an operator or a sign stands before the operand. */
  joined: boolean;
  /** The call that has just been closed, where `by` or `without` may still follow. */
  ungrouped: boolean;
  /** Parts that the grammar is shown in a plainer spelling of the same length. */
  readonly plain: { readonly from: number; readonly to: number; readonly text: string }[];
  readonly selectors: PromqlSelector[];
  /** Where the selectors begin that have an `offset` or `@`. */
  readonly modified: Set<number>;
  /** What is wrong with an expression that can be read all the same. */
  readonly problems: PromqlProblem[];
}

export function walkOver(text: string, tokens: readonly Token[]): Walk {
  const state = { at: 0, opened: [], operand: undefined, joined: false, ungrouped: false };
  return { text, tokens, ...state, plain: [], selectors: [], modified: new Set(), problems: [] };
}

export function ahead(walk: Walk, by = 0): Token | undefined {
  return walk.tokens[walk.at + by];
}

export function isSign(token: Token | undefined, ...texts: readonly string[]): token is Token & { readonly is: 'sign' } {
  return token?.is === 'sign' && texts.includes(token.text);
}

export function isKeyword(token: Token | undefined, ...texts: readonly string[]): token is Token & { readonly is: 'keyword' } {
  return token?.is === 'keyword' && texts.includes(token.text);
}

/** The token that stands next, where it is not what was wanted; `wanted` ends the sentence. */
export function unexpected({ text, tokens, at }: Walk, wanted: string): PromqlProblem {
  const token = tokens[at];
  if (token) {
    const written = Array.from(text.slice(token.from, token.to));
    const shown = written.length > 40 ? `${written.slice(0, 40).join('')}…` : written.join('');
    return { from: token.from, to: token.to, message: `Unexpected ${shown}: ${wanted}.` };
  }
  const end = tokens.at(-1)?.to ?? 0;
  return { from: end, to: end, message: `The expression ends too early: ${wanted}.` };
}

/** Shows the grammar a plain name there. */
export function plainName(walk: Walk, from: number, to: number): void {
  walk.plain.push({ from, to, text: 'x'.repeat(to - from) });
}
