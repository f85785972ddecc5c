import type { PromqlProblem, PromqlSyntax, ReadPromql } from '../../domain/ports/promql-syntax.ts';
import { expression } from './expression.ts';
import { lex } from './lexer.ts';
import { readingOf } from './reading.ts';
import { problemsOfTree, type Grammar, treeOf } from './tree.ts';
import { walkOver } from './walk.ts';

/**
 * Prometheus's own grammar and type checker, and before them what they leave out. Loaded only when it is asked for:
 * it costs a process more time and memory than most of them need to spend.
 */
export async function promqlSyntax(): Promise<PromqlSyntax> {
  const { parser } = await import('@prometheus-io/lezer-promql');
  const { Parser } = await import('@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js');
  const grammar: Grammar = { parse: text => parser.parse(text), Checker: Parser };
  return { read: text => read(grammar, text) };
}

function read(grammar: Grammar, text: string): ReadPromql {
  const lexed = lex(text);
  if ('problem' in lexed) return refused([lexed.problem]);
  if (lexed.tokens.length === 0) return refused([{ from: 0, to: 0, message: 'There is no expression.' }]);
  const walk = walkOver(text, lexed.tokens);
  const broken = expression(walk);
  if (broken) return refused([...walk.problems, broken]);
  if (walk.problems.length > 0) return refused(walk.problems);
  const tree = treeOf(grammar, walk);
  const problems = problemsOfTree(grammar, tree);
  return problems.length > 0 ? refused(problems) : readingOf(tree, walk);
}

function refused(problems: readonly PromqlProblem[]): ReadPromql {
  const [first, ...others] = problems.toSorted((a, b) => a.from - b.from || a.to - b.to);
  if (!first) throw new Error('refused without a reason');
  return { ok: false, problems: [first, ...others] };
}
