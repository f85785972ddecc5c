import type { Parser } from '@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js';
import type { parser } from '@prometheus-io/lezer-promql';
import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { SCALAR_FUNCTIONS } from './functions.ts';
import { DEEPEST, TOO_DEEP, type Walk } from './walk.ts';

type CheckerState = ConstructorParameters<typeof Parser>[0];
export type Tree = ReturnType<typeof parser.parse>;
export type Node = Tree['topNode'];

/** Prometheus's grammar and type checker, once they are loaded. */
export interface Grammar {
  parse(text: string): Tree;
  readonly Checker: typeof Parser;
}

/** What the grammar makes of an expression, and the plain spelling that it was shown. */
export interface Planted {
  readonly tree: Tree;
  readonly plain: string;
  readonly top: Node | null;
}

/**
 * Shows the grammar the expression with names, numbers, strings and comments made plain at their places: it was made for an editor, and
 * cuts these otherwise than Prometheus does.
 */
export function treeOf(grammar: Grammar, { text, tokens, plain }: Walk): Planted {
  const parts: string[] = [];
  let at = 0;
  const keep = (from: number, to: number, shown: string): void => {
    if (from > at) parts.push(' '.repeat(from - at));
    // Braces end a word, as in `{a="b"}or{c="d"}`, and the name that is shown instead would not: one letter of it goes.
    const before = parts.at(-1) ?? '';
    const glued = /\w$/.test(before) && /^\w/.test(shown);
    const named = shown.startsWith('x');
    if (glued && !named) parts.splice(-1, 1, `${before.slice(0, -1)} `);
    parts.push(glued && named ? ` ${shown.slice(1)}` : shown);
    at = to;
  };
  const replaced = plain.toSorted((a, b) => a.from - b.from || b.to - a.to);
  let next = 0;
  for (const { from, to, text: written } of tokens) {
    while (next < replaced.length && (replaced[next]?.to ?? 0) <= from) next += 1;
    const part = replaced[next];
    if (from < at) continue;
    if (part && part.from <= from) keep(part.from, part.to, part.text);
    else keep(from, to, written);
  }
  const shown = parts.join('').padEnd(text.length);
  const tree = grammar.parse(shown);
  return { tree, plain: shown, top: tree.topNode.firstChild };
}

export function problemsOfTree(grammar: Grammar, planted: Planted): readonly PromqlProblem[] {
  const { tree, top } = planted;
  if (!top) return [{ from: 0, to: tree.length, message: 'Prometheus’s grammar finds no expression here.' }];
  const { deepest, error } = surveyed(tree);
  if (deepest > DEEPEST) return [{ from: top.from, to: top.to, message: TOO_DEEP }];
  if (error) return [{ ...error, message: 'Prometheus’s grammar does not allow this here.' }];
  const found = typeProblems(grammar, planted);
  if (found.length > 0) return found;
  const type = typeOf(planted, top);
  if (type === 'vector' || type === 'scalar') return [];
  const message =
    type === 'string'
      ? 'An alert’s expression must be an instant vector or a number, and this is a string.'
      : 'An alert’s expression must be an instant vector or a number, and this is a range vector: put a function such as rate(…) around it.';
  return [{ from: top.from, to: top.to, message }];
}

function surveyed(tree: Tree): { readonly deepest: number; readonly error?: { readonly from: number; readonly to: number } } {
  let depth = 0;
  let deepest = 0;
  let error: { from: number; to: number } | undefined;
  tree.iterate({
    enter({ type, from, to }) {
      depth += 1;
      deepest = Math.max(deepest, depth);
      if (type.isError) error ??= { from, to };
    },
    leave() {
      depth -= 1;
    },
  });
  return error ? { deepest, error } : { deepest };
}

interface Diagnostic {
  readonly from: number;
  readonly to: number;
  readonly severity: string;
  readonly message: string;
}

function typeProblems({ Checker }: Grammar, { tree, plain }: Planted): readonly PromqlProblem[] {
  const state = { field: () => ({ tree }), sliceDoc: (from: number, to: number) => plain.slice(from, to) };
  if (!servesChecker(state)) return [];
  const checker = new Checker(state);
  checker.analyze();
  const found: readonly Diagnostic[] = checker.getDiagnostics();
  return found.filter(({ severity }) => severity === 'error').map(({ from, to, message }) => ({ from, to, message: sentence(message) }));
}

/**
 * All that the checker asks of an editor's state. It is CommonJS and keeps a copy of the editor of its own, which would not find
 * the tree in a state of ours; and a state parses for 20 ms and then hands over what it has.
 */
function servesChecker(state: object): state is CheckerState {
  return 'field' in state && 'sliceDoc' in state;
}

/** The checker's words, in the words of Prometheus's documentation. */
function sentence(message: string): string {
  const plain = message
    .replaceAll(/\bmatrix\b/g, 'range vector such as up[5m]')
    .replaceAll(/(?<!instant |range )\bvector\b(?! selector|s\b| matching)/g, 'instant vector')
    .replaceAll(/(expected type|got) none\b/g, '$1 nothing');
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}

type PromqlType = 'vector' | 'scalar' | 'string' | 'matrix';

const LEAVES: Readonly<Record<string, PromqlType>> = {
  NumberDurationLiteral: 'scalar',
  StringLiteral: 'string',
  MatrixSelector: 'matrix',
  SubqueryExpr: 'matrix',
};
const WRAPPERS: ReadonlySet<string> = new Set(['ParenExpr', 'UnaryExpr', 'OffsetExpr', 'StepInvariantExpr']);

/** Of an expression that the checker has found right. */
export function typeOf(planted: Planted, node: Node | null): PromqlType {
  if (!node) return 'vector';
  const { name } = node;
  if (WRAPPERS.has(name)) return typeOf(planted, node.getChild('Expr'));
  const ofFunction = name === 'FunctionCall' && SCALAR_FUNCTIONS.has(spelled(planted, node.firstChild));
  const ofSides = name === 'BinaryExpr' && [node.firstChild, node.lastChild].every(side => typeOf(planted, side) === 'scalar');
  return ofFunction || ofSides ? 'scalar' : (LEAVES[name] ?? 'vector');
}

export function spelled({ plain }: Planted, node: Node | null): string {
  return node ? plain.slice(node.from, node.to) : '';
}
