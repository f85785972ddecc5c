import type { PromqlComparison, ReadPromql } from '../../domain/ports/promql-syntax.ts';
import { numberValue } from './number.ts';
import { type Node, type Planted, spelled, typeOf } from './tree.ts';
import type { Walk } from './walk.ts';

type Operator = PromqlComparison['operator'];

const MIRRORED: Readonly<Record<Operator, Operator>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=', '==': '==', '!=': '!=' };

/** What an expression says that has been found right. */
export function readingOf(planted: Planted, { text, selectors, modified }: Walk): ReadPromql {
  const top = bare(planted.top);
  const comparison = comparisonOf(planted, top, text);
  const absent = absentSelector(planted, top);
  const absentOf = absent && !modified.has(absent.from) ? text.slice(absent.from, absent.to) : undefined;
  const type = typeOf(planted, top) === 'scalar' ? 'scalar' : 'vector';
  const found = { ...(comparison && { comparison }), ...(absentOf !== undefined && { absentOf }) };
  return { ok: true, reading: { type, ...found, selectors } };
}

/** Without the parentheses around the whole of it. */
function bare(node: Node | null): Node | null {
  let inner = node;
  while (inner?.name === 'ParenExpr') inner = inner.getChild('Expr');
  return inner;
}

function comparisonOf(planted: Planted, node: Node | null, text: string): PromqlComparison | undefined {
  if (node?.name !== 'BinaryExpr' || node.getChild('BoolModifier')) return undefined;
  const sign = spelled(planted, node.firstChild?.nextSibling ?? null);
  const operator = operators.find(operator => operator === sign);
  const [left, right] = [bare(node.firstChild), bare(node.lastChild)];
  if (operator === undefined || !left || !right) return undefined;
  const [leftNumber, rightNumber] = [literal(left, text), literal(right, text)];
  if (leftNumber !== undefined && rightNumber !== undefined) return undefined;
  if (rightNumber !== undefined) return { query: text.slice(left.from, left.to), operator, number: rightNumber };
  if (leftNumber === undefined) return undefined;
  return { query: text.slice(right.from, right.to), operator: MIRRORED[operator], number: leftNumber };
}

const operators = ['>', '<', '>=', '<=', '==', '!='] as const;

/** The value of a number with its signs and parentheses; what is computed has none. */
function literal(node: Node, text: string): number | undefined {
  let inner: Node | null = bare(node);
  let sign = 1;
  while (inner?.name === 'UnaryExpr') {
    if (text.charAt(inner.from) === '-') sign = -sign;
    inner = bare(inner.getChild('Expr'));
  }
  if (inner?.name !== 'NumberDurationLiteral') return undefined;
  const written = text.slice(inner.from, inner.to);
  const signed = /^[-+]/.exec(written)?.[0];
  // Between a sign and its number there may be blanks and comments.
  const token = signed === undefined ? written : (/[\w.]+(?:[-+]\d[\w.]*)?$/.exec(written)?.[0] ?? '');
  const value = numberValue(token);
  return value === undefined ? undefined : sign * (signed === '-' ? -1 : 1) * value;
}

function absentSelector(planted: Planted, node: Node | null): Node | undefined {
  if (node?.name !== 'FunctionCall' || spelled(planted, node.firstChild) !== 'absent') return undefined;
  const of = bare(node.getChild('FunctionCallBody')?.getChild('Expr') ?? null);
  return of?.name === 'VectorSelector' ? of : undefined;
}
