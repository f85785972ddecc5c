import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { EXPERIMENTAL, functionFault, PARAMETRIC_AGGREGATORS } from './functions.ts';
import { grouping, matching } from './grouping.ts';
import { at, number, offset, range } from './postfix.ts';
import { selector } from './selector.ts';
import { AGGREGATORS, type Token, WORD_OPERATORS } from './token.ts';
import { ahead, DEEPEST, isKeyword, isSign, type Opened, TOO_DEEP, unexpected, type Walk } from './walk.ts';

const OPERATORS = ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>='];
/** Keywords that can never be a metric. */
const NEVER_METRICS = ['atan2', 'on', 'ignoring', 'group_left', 'group_right', 'bool'];
const SOMETHING = 'a metric, a number, a function or a parenthesis was expected';

/**
 * Goes over the whole expression and says where its order breaks. What cannot be read on is the answer;
 * what is only wrong is left in `walk.problems`. Never recursive: a deep text must not cost the stack.
 */
export function expression(walk: Walk): PromqlProblem | undefined {
  for (;;) {
    const problem = operand(walk);
    if (problem) return problem;
    const ended = behind(walk);
    if (ended === 'end') return undefined;
    if (ended !== 'operand') return ended;
  }
}

/** Reads up to and with the next operand. Calls and parentheses only open there. */
function operand(walk: Walk): PromqlProblem | undefined {
  for (;;) {
    const token = ahead(walk);
    if (isSign(token, '+', '-')) {
      walk.joined = true;
      walk.at += 1;
    } else if (isSign(token, '(')) {
      walk.opened.push({ from: token.from, joined: walk.joined, commas: 0 });
      walk.joined = false;
      walk.at += 1;
      if (walk.opened.length > DEEPEST) return tooDeep(token);
    } else {
      const next = single(walk, token);
      if (next !== 'operand') return next;
    }
  }
}

/** `operand`: a call has been opened, and its first argument comes next. */
function single(walk: Walk, token: Token | undefined): PromqlProblem | 'operand' | undefined {
  walk.ungrouped = false;
  if (token?.is === 'number') return literal(walk, token, number(walk));
  if (token?.is === 'string') {
    walk.at += 1;
    walk.plain.push({ from: token.from, to: token.to, text: `"${'x'.repeat(token.to - token.from - 2)}"` });
    return literal(walk, token, 0);
  }
  if (isSign(token, '{')) return selector(walk);
  if (token?.is === 'name') return isSign(ahead(walk, 1), '(') ? call(walk, token) : selector(walk);
  return token?.is === 'keyword' ? keyword(walk, token) : unexpected(walk, SOMETHING);
}

function keyword(walk: Walk, token: Token): PromqlProblem | 'operand' | undefined {
  if (NEVER_METRICS.includes(token.text)) return unexpected(walk, SOMETHING);
  const next = ahead(walk, 1);
  if (AGGREGATORS.has(token.text) && (isSign(next, '(') || isKeyword(next, 'by', 'without'))) return aggregation(walk, token);
  return selector(walk);
}

function literal(walk: Walk, { from }: Token, value: number | PromqlProblem): PromqlProblem | undefined {
  if (typeof value !== 'number') return value;
  walk.operand = { is: 'other', from, offset: false, time: false, preset: false };
  return undefined;
}

function call(walk: Walk, name: Token): PromqlProblem | 'operand' | undefined {
  const fault = functionFault(name.text);
  if (fault !== undefined) return { from: name.from, to: name.to, message: fault };
  walk.at += 1;
  return open(walk, { from: name.from, call: name.text, commas: 0 });
}

function aggregation(walk: Walk, name: Token): PromqlProblem | 'operand' | undefined {
  if (EXPERIMENTAL.has(name.text)) return { from: name.from, to: name.to, message: functionFault(name.text) ?? '' };
  walk.at += 1;
  const grouped = isKeyword(ahead(walk), 'by', 'without');
  if (grouped) {
    walk.at += 1;
    const labels = grouping(walk);
    if ('message' in labels) return labels;
    if (!isSign(ahead(walk), '(')) return unexpected(walk, `what ${name.text} works on was expected in parentheses`);
  }
  return open(walk, { from: name.from, call: name.text, aggregate: { grouped }, commas: 0 });
}

function tooDeep({ from, to }: Token): PromqlProblem {
  return { from, to, message: TOO_DEEP };
}

function open(walk: Walk, opened: Omit<Opened, 'joined'>): PromqlProblem | 'operand' | undefined {
  walk.opened.push({ ...opened, joined: walk.joined });
  walk.joined = false;
  const parenthesis = ahead(walk);
  if (parenthesis && walk.opened.length > DEEPEST) return tooDeep(parenthesis);
  walk.at += 1;
  if (!isSign(ahead(walk), ')')) return 'operand';
  close(walk, 0);
  return undefined;
}

/** Closes the innermost call or parenthesis, at its `)`. */
function close(walk: Walk, count: number): void {
  const opened = walk.opened.pop();
  const to = ahead(walk)?.to ?? 0;
  walk.at += 1;
  if (!opened) return;
  const { from, call, aggregate } = opened;
  walk.operand = { is: 'other', from, offset: false, time: false, preset: false };
  walk.joined = opened.joined;
  // The type checker takes it for a vector.
  if (call === 'pi' && count === 0) walk.plain.push({ from, to, text: '1'.repeat(to - from) });
  if (!aggregate || call === undefined) return;
  walk.ungrouped = !aggregate.grouped;
  const wanted = PARAMETRIC_AGGREGATORS.has(call) ? 2 : 1;
  if (count === wanted) return;
  const message = `${call} takes ${wanted === 1 ? 'one argument' : 'two arguments'}, and has ${count}.`;
  walk.problems.push({ from, to, message });
}

/** Reads what stands behind an operand: up to the end, or to where the next operand is due. */
function behind(walk: Walk): PromqlProblem | 'end' | 'operand' {
  for (;;) {
    const token = ahead(walk);
    if (!token && walk.joined) refuseRange(walk);
    if (!token) return walk.opened.length === 0 ? 'end' : unexpected(walk, 'a parenthesis is still open');
    const modified = modifier(walk, token);
    if (modified) return modified;
    if (modified === undefined) continue;
    if (walk.joined) refuseRange(walk);
    if (isSign(token, ')') && walk.opened.length > 0) close(walk, (walk.opened.at(-1)?.commas ?? 0) + 1);
    else return joined(walk, token);
  }
}

/** False where nothing that belongs to the operand before stands here. */
function modifier(walk: Walk, token: Token): PromqlProblem | false | undefined {
  const { ungrouped } = walk;
  walk.ungrouped = false;
  if (isSign(token, '[')) return range(walk);
  if (isSign(token, '@')) return at(walk);
  if (isKeyword(token, 'offset')) return offset(walk);
  if (!ungrouped || !isKeyword(token, 'by', 'without')) return false;
  walk.at += 1;
  const labels = grouping(walk);
  return 'message' in labels ? labels : undefined;
}

/** A comma or an operator. */
function joined(walk: Walk, token: Token): PromqlProblem | 'operand' {
  const call = walk.opened.at(-1);
  if (isSign(token, ',') && call?.call !== undefined) {
    call.commas += 1;
    walk.joined = false;
    walk.at += 1;
    return 'operand';
  }
  const operator = isSign(token, ...OPERATORS) || (token.is === 'keyword' && WORD_OPERATORS.has(token.text));
  if (!operator) return unexpected(walk, 'an operator or the end was expected');
  refuseRange(walk);
  walk.joined = true;
  walk.at += 1;
  return matching(walk) ?? 'operand';
}

/** Beside an operator or sign. The grammar would give the brackets to the whole of what stands before them, as in `a + b[5m]`. */
function refuseRange({ operand, problems, tokens, at }: Walk): void {
  if (operand?.is !== 'range' && operand?.is !== 'subquery') return;
  const message =
    'Operators and signs take instant vectors and numbers, and this is a range vector: put a function such as rate(…) around it.';
  problems.push({ from: operand.from, to: tokens[at - 1]?.to ?? operand.from, message });
}
