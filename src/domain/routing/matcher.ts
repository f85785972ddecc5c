import { anchoredRegex } from './regex.ts';
import type { Matcher } from './route.ts';

const OPERATORS = ['=~', '!~', '!=', '='] as const;

/** A bare name or value: up to an operator, a comma, a brace or the end; inner blanks stay. */
const BARE_NAME = /^[^\s"{}!=~,]+/u;
const BARE_VALUE = /^[^,}]*/u;
const QUOTED = /^"((?:[^"\\]|\\[\s\S])*)"/u;

/**
 * One line of `matchers`, in the classic or the UTF-8 syntax (Alertmanager, docs/configuration.md, `<matcher>`): `a="b"`,
 * `a=~x|y`, `"näme"!="v"`, several with commas, with or without braces. Undefined when it is none of these.
 */
export function parseMatchers(line: string): Matcher[] | undefined {
  let rest = line.trim().replace(/^\{([\s\S]*)\}$/u, '$1');
  const matchers: Matcher[] = [];
  while (rest !== '') {
    const taken = takeMatcher(rest);
    if (!taken) return undefined;
    matchers.push(taken.matcher);
    rest = taken.rest;
  }
  return matchers;
}

function takeMatcher(text: string): { matcher: Matcher; rest: string } | undefined {
  const name = take(text, BARE_NAME);
  if (!name || name.value === '') return undefined;
  const operator = OPERATORS.find(each => name.rest.startsWith(each));
  if (operator === undefined) return undefined;
  const value = take(name.rest.slice(operator.length).trimStart(), BARE_VALUE);
  if (!value || !/^(,|$)/.test(value.rest)) return undefined;
  return {
    matcher: { name: name.value, value: value.value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') },
    rest: value.rest.replace(/^,\s*/, ''),
  };
}

function take(text: string, bare: RegExp): { value: string; rest: string } | undefined {
  const quoted = QUOTED.exec(text);
  const found = quoted ?? bare.exec(text);
  if (!found) return undefined;
  const value = quoted ? unescaped(quoted[1] ?? '') : found[0].trim();
  return { value, rest: text.slice(found[0].length).trimStart() };
}

const ESCAPE = /\\(?:(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})|[\s\S])/giu;
const SHORT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '"': '"', '\\': '\\' };

/** As Go's strconv.Unquote; what it does not know keeps its backslash, as the classic parser has it. */
function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, escape => {
    const said = escape.slice(1);
    return said.length > 1 ? String.fromCodePoint(Number.parseInt(said.slice(1), 16)) : (SHORT[said] ?? escape);
  });
}

/** Whether the labels satisfy the matcher; a missing label is the empty string. Undefined when its expression cannot be read here. */
export function matches(matcher: Matcher, labels: Readonly<Record<string, string>>): boolean | undefined {
  const { name, value, isRegex, isEqual } = matcher;
  const actual = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
  if (!isRegex) return (actual === value) === isEqual;
  const found = (matcher.test ?? anchoredRegex(value)?.test)?.(actual);
  return found === undefined ? undefined : found === isEqual;
}

/** `name="value"`, as Alertmanager writes it. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  return `${name}${operator}${JSON.stringify(value)}`;
}
