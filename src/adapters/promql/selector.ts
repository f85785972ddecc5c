import type { PromqlMatcher, PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { regexCheck } from '../../domain/promql/regex-check.ts';
import { unquoted } from './quoted.ts';
import type { Token } from './token.ts';
import { ahead, isSign, plainName, unexpected, type Walk } from './walk.ts';

interface Braces {
  /** The metric as a string of its own: `{"http.server.duration"}`. */
  quoted: string | undefined;
  /** The first that names a metric, by whatever operator. */
  named: Token | undefined;
  readonly matchers: PromqlMatcher[];
  /** Whether one of them refuses the empty text, as Prometheus wants of a selector without a metric. */
  selective: boolean;
}

const NAME_LABEL = '__name__';
/** Alternatives without any syntax, which Prometheus compares and never compiles: any bytes will do. */
const PLAIN = /^[^\\.+*?()[\]{}^$]*$/;

/** Reads `metric{…}`, `metric` or `{…}`, which begins here. */
export function selector(walk: Walk): PromqlProblem | undefined {
  const first = ahead(walk);
  const named = first !== undefined && !isSign(first, '{');
  if (named) walk.at += 1;
  const braces: Braces = { quoted: undefined, named: undefined, matchers: [], selective: false };
  if (isSign(ahead(walk), '{')) {
    const problem = inBraces(walk, braces);
    if (problem) return problem;
  }
  const to = walk.tokens[walk.at - 1]?.to ?? 0;
  const from = first?.from ?? 0;
  const metric = named ? walk.text.slice(first.from, first.to) : undefined;
  judge(walk, { metric, braces, from, to });
  plainName(walk, from, to);
  walk.operand = { is: 'selector', from, offset: false, time: false, preset: false };
  return undefined;
}

function inBraces(walk: Walk, braces: Braces): PromqlProblem | undefined {
  walk.at += 1;
  while (!isSign(ahead(walk), '}')) {
    const problem = matcher(walk, braces);
    if (problem) return problem;
    if (isSign(ahead(walk), ',')) walk.at += 1;
    else if (!isSign(ahead(walk), '}')) return unexpected(walk, 'a comma or the closing brace must follow a matcher');
  }
  walk.at += 1;
  return undefined;
}

function matcher(walk: Walk, braces: Braces): PromqlProblem | undefined {
  const label = ahead(walk);
  if (label?.is !== 'name' && label?.is !== 'string') return unexpected(walk, 'a label name was expected between the braces');
  walk.at += 1;
  const operator = operatorOf(ahead(walk));
  if (operator === undefined) {
    if (label.is === 'name') return unexpected(walk, 'one of = != =~ !~ must follow a label name');
    addName(braces, label);
    return undefined;
  }
  walk.at += 1;
  const literal = ahead(walk);
  if (literal?.is !== 'string') return unexpected(walk, 'the value of a matcher is a string in quotes');
  walk.at += 1;
  add(walk, braces, { label, operator, literal });
  return undefined;
}

function operatorOf(token: Token | undefined): PromqlMatcher['operator'] | undefined {
  const operators = ['=', '!=', '=~', '!~'] as const;
  return token?.is === 'sign' ? operators.find(operator => operator === token.text) : undefined;
}

function addName(braces: Braces, literal: Token): void {
  const { value } = unquoted(literal.text);
  if (braces.quoted === undefined) braces.quoted = value;
  else braces.matchers.push({ label: NAME_LABEL, operator: '=', value });
  braces.named ??= literal;
  braces.selective ||= value !== '';
}

interface Written {
  readonly label: Token;
  readonly operator: PromqlMatcher['operator'];
  readonly literal: Token;
}

function add(walk: Walk, braces: Braces, { label, operator, literal }: Written): void {
  const { value, utf8 } = unquoted(literal.text);
  const name = label.is === 'string' ? unquoted(label.text).value : label.text;
  braces.matchers.push({ label: name, operator, value });
  if (name === NAME_LABEL) braces.named ??= literal;
  if (operator === '=' || operator === '!=') {
    braces.selective ||= (value !== '') === (operator === '=');
    return;
  }
  const checked = utf8 || PLAIN.test(value) ? regexCheck(value) : { problem: 'it holds bytes that are no UTF-8' };
  if ('problem' in checked) {
    const message = `The regular expression is not one that Prometheus understands: ${checked.problem}.`;
    walk.problems.push({ from: literal.from, to: literal.to, message });
  } else {
    braces.selective ||= checked.matchesEmpty === (operator === '!~');
  }
}

interface Whole {
  readonly metric: string | undefined;
  readonly braces: Braces;
  readonly from: number;
  readonly to: number;
}

function judge(walk: Walk, { metric, braces, from, to }: Whole): void {
  const { quoted, named, selective, matchers } = braces;
  if (metric !== undefined && named)
    walk.problems.push({ from, to, message: `The metric is named twice: ${metric} before the braces and ${named.text} in them.` });
  if (metric === undefined && !selective && (walk.problems.at(-1)?.from ?? -1) < from)
    walk.problems.push({ from, to, message: 'The selector would match everything: give it a metric or a matcher that is not empty.' });
  const byName = matchers.find(each => each.label === NAME_LABEL && each.operator === '=');
  const name = metric ?? quoted ?? byName?.value;
  const others = matchers.filter(each => each !== byName || (metric ?? quoted) !== undefined);
  walk.selectors.push(name === undefined ? { matchers: others } : { metric: name, matchers: others });
}
