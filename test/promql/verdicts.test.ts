import { beforeAll, describe, expect, it } from 'vitest';
import { promqlSyntax } from '../../src/adapters/promql/promql-syntax.ts';
import type { PromqlSyntax } from '../../src/domain/ports/promql-syntax.ts';
import { promtoolVerdicts } from '../parts/promtool.ts';
import { EXPRESSIONS } from './expressions.ts';

let syntax: PromqlSyntax;
beforeAll(async () => {
  syntax = await promqlSyntax();
});

/**
 * promtool parses a rule and no more: a range vector or a string passes there, and fails at every evaluation.
 * So each expression is judged by itself, and as a summand, which must be an instant vector or a number.
 */
function judged(expressions: readonly string[]): readonly boolean[] {
  const alone = promtoolVerdicts(expressions);
  const summand = promtoolVerdicts(expressions.map(text => `(${text}\n) + 0`));
  return expressions.map((_, at) => alone[at] === undefined && summand[at] === undefined);
}

describe('verdicts', () => {
  it('are promtool’s, on every expression', () => {
    expect(EXPRESSIONS.length).toBeGreaterThan(300);
    const right = judged(EXPRESSIONS);
    const differing = EXPRESSIONS.filter((text, at) => syntax.read(text).ok !== right[at]);
    expect(differing.map(text => text.slice(0, 200))).toEqual([]);
    // Both kinds are there in number.
    expect(right.filter(Boolean).length).toBeGreaterThan(150);
    expect(right.filter(ok => !ok).length).toBeGreaterThan(150);
  });
});
