import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { fitsDuration, numberValue } from './number.ts';
import { ahead, isKeyword, isSign, type Operand, plainName, unexpected, type Walk } from './walk.ts';

const MODIFIED = 'only a selector, a range or a subquery can have it, and no other expression or parenthesis';
/** Beyond it a time is none that Prometheus can keep. */
const LAST_TIME = 2 ** 63;

/** A `[range]` or `[range:step]`, which begins here. */
export function range(walk: Walk): PromqlProblem | undefined {
  const from = ahead(walk)?.from ?? 0;
  walk.at += 1;
  const length = duration(walk);
  if (length) return length;
  const subquery = isSign(ahead(walk), ':');
  const step = subquery ? stepBehindColon(walk) : undefined;
  if (step) return step;
  const closing = ahead(walk);
  if (!isSign(closing, ']'))
    return unexpected(walk, 'between brackets stands one duration such as 5m, or for a subquery two as in [30m:1m]');
  walk.at += 1;
  const { operand } = walk;
  const fresh = { from: operand?.from ?? 0, offset: false, time: false };
  const fault = subquery ? undefined : rangeFault(operand);
  if (fault !== undefined) walk.problems.push({ from, to: closing.to, message: fault });
  walk.operand = subquery ? { ...fresh, is: 'subquery', preset: false } : { ...fresh, is: 'range', preset: operand?.preset ?? false };
  return undefined;
}

function stepBehindColon(walk: Walk): PromqlProblem | undefined {
  walk.at += 1;
  return isSign(ahead(walk), ']') ? undefined : duration(walk);
}

function rangeFault(operand: Operand | undefined): string | undefined {
  if (operand?.is !== 'selector')
    return 'A range can only follow a selector: for any other expression write a subquery, with a colon, as in [5m:].';
  if (operand.offset) return 'The offset must stand behind the range.';
  return operand.time ? 'The @ must stand behind the range.' : undefined;
}

/** One duration between brackets, with signs. */
function duration(walk: Walk): PromqlProblem | undefined {
  const from = ahead(walk)?.from ?? 0;
  const { negative } = signs(walk);
  const value = number(walk);
  if (typeof value !== 'number') return value;
  const to = walk.tokens[walk.at - 1]?.to ?? from;
  if (!fitsDuration(value)) walk.problems.push({ from, to, message: 'The duration is longer than Prometheus can count.' });
  else if (negative ? value >= 0 : value <= 0) walk.problems.push({ from, to, message: 'The duration must be longer than zero.' });
  return undefined;
}

/** An `offset`, which begins here. */
export function offset(walk: Walk): PromqlProblem | undefined {
  const keyword = ahead(walk);
  walk.at += 1;
  const { count } = signs(walk);
  const value = number(walk);
  if (typeof value !== 'number') return value;
  const next = ahead(walk);
  if (count > 1 && isSign(next, '+', '-', '*', '/', '%', '^'))
    return unexpected(walk, 'after an offset with more than one sign nothing can be computed');
  const from = keyword?.from ?? 0;
  const to = walk.tokens[walk.at - 1]?.to ?? from;
  const complain = (message: string): void => void walk.problems.push({ from, to, message });
  if (!fitsDuration(value)) complain('The offset is longer than Prometheus can count.');
  const { operand } = walk;
  if (!operand || operand.is === 'other') complain(`The offset has nothing to move: ${MODIFIED}.`);
  else if (operand.offset) complain('There is an offset already.');
  else modify(walk, { ...operand, offset: Math.round(value * 1e9) !== 0 });
  return undefined;
}

/** An `@`, which begins here. */
export function at(walk: Walk): PromqlProblem | undefined {
  const sign = ahead(walk);
  walk.at += 1;
  const preset = isKeyword(ahead(walk), 'start', 'end');
  const problem = preset ? presetTime(walk) : time(walk);
  if (problem) return problem;
  const from = sign?.from ?? 0;
  const to = walk.tokens[walk.at - 1]?.to ?? from;
  const { operand } = walk;
  if (!operand || operand.is === 'other') walk.problems.push({ from, to, message: `The @ has nothing to hold at a time: ${MODIFIED}.` });
  else if (operand.time || operand.preset) walk.problems.push({ from, to, message: 'There is an @ already.' });
  else modify(walk, { ...operand, time: !preset, preset });
  return undefined;
}

/** The grammar gives a modifier to the whole of what stands before it, as in `1 < up offset 5m`: it is shown one name instead. */
function modify(walk: Walk, operand: Operand): void {
  walk.operand = operand;
  if (operand.is !== 'selector') return;
  walk.modified.add(operand.from);
  plainName(walk, operand.from, walk.tokens[walk.at - 1]?.to ?? operand.from);
}

function presetTime(walk: Walk): PromqlProblem | undefined {
  const whole = isSign(ahead(walk, 1), '(') && isSign(ahead(walk, 2), ')');
  walk.at += 1;
  if (!whole) return unexpected(walk, 'after @ start and @ end stands ()');
  walk.at += 2;
  return undefined;
}

function time(walk: Walk): PromqlProblem | undefined {
  const from = ahead(walk)?.from ?? 0;
  if (isSign(ahead(walk), '+', '-')) walk.at += 1;
  const value = number(walk);
  if (typeof value !== 'number') return value;
  if (!(Math.abs(value) < LAST_TIME)) walk.problems.push({ from, to: walk.tokens[walk.at - 1]?.to ?? from, message: 'That is no time.' });
  return undefined;
}

function signs(walk: Walk): { readonly count: number; readonly negative: boolean } {
  let count = 0;
  let negative = false;
  for (let sign = ahead(walk); isSign(sign, '+', '-'); sign = ahead(walk)) {
    if (sign.text === '-') negative = !negative;
    count += 1;
    walk.at += 1;
  }
  return { count, negative };
}

/** The number or duration that stands here, by its value. */
export function number(walk: Walk): number | PromqlProblem {
  const token = ahead(walk);
  if (token?.is !== 'number') return unexpected(walk, 'a number or a duration such as 5m was expected');
  walk.at += 1;
  walk.plain.push({ from: token.from, to: token.to, text: '1'.repeat(token.to - token.from) });
  const value = numberValue(token.text);
  if (value !== undefined) return value;
  return { from: token.from, to: token.to, message: `${token.text} is no number and no duration that Prometheus can read.` };
}
