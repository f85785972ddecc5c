import type {
  PromqlComparison,
  PromqlMatcher,
  PromqlProblem,
  PromqlReading,
  PromqlSelector,
  PromqlSyntax,
} from '../../src/domain/ports/promql-syntax.ts';

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;
const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|0x[0-9a-f]+|inf|nan)$/i;
const OPERATORS = ['>', '<', '>=', '<=', '==', '!='] as const;
const KEYWORDS = new Set('by without on ignoring group_left group_right bool offset and or unless atan2 inf nan start end'.split(' '));

/** As much of PromQL as the tests of the translation need, for where they are to run without Prometheus's own grammar. It checks brackets, not types. */
export function smallPromql(): PromqlSyntax {
  return {
    read: text => {
      // The same length, so that offsets hold: what is in strings is no operator.
      const code = text
        .replaceAll(/#[^\n]*/g, comment => ' '.repeat(comment.length))
        .replaceAll(STRING, quoted => `"${'_'.repeat(quoted.length - 2)}"`);
      const problem = bracketProblem(code) ?? (text.trim() === '' ? { from: 0, to: 0, message: 'There is no expression.' } : undefined);
      return problem ? { ok: false, problems: [problem] } : { ok: true, reading: readingOf(text, code) };
    },
  };
}

function readingOf(text: string, code: string): PromqlReading {
  const comparison = comparisonOf(text, code);
  const [, absentOf] = /^\s*absent\(\s*([\w:.]+(?:\{[^}]*\})?)\s*\)\s*$/.exec(text) ?? [];
  const sides = comparison ? comparison.query : code;
  return {
    type: /^\s*(?:[-+\d.\s*/()]|time\(\)|scalar\(.*\))+$/s.test(sides) ? 'scalar' : 'vector',
    ...(comparison && { comparison }),
    ...(absentOf !== undefined && { absentOf }),
    selectors: selectorsOf(text, code),
  };
}

function comparisonOf(text: string, code: string): PromqlComparison | undefined {
  const outer = topLevel(code);
  if (/\b(?:and|or|unless)\b/.test(outer)) return undefined;
  const found = [...outer.matchAll(/[<>=!]=?/g)].filter(({ 0: sign }) => OPERATORS.some(operator => operator === sign)).at(-1);
  const operator = OPERATORS.find(sign => sign === found?.[0]);
  if (!found || !operator || /^\s*(?:bool|on|ignoring)\b/.test(outer.slice(found.index + operator.length))) return undefined;
  const left = bare(text.slice(0, found.index));
  const right = bare(text.slice(found.index + operator.length));
  if (NUMBER.test(right)) return { query: left, operator, number: numberOf(right) };
  return NUMBER.test(left) ? { query: right, operator: mirrored(operator), number: numberOf(left) } : undefined;
}

function mirrored(operator: (typeof OPERATORS)[number]): (typeof OPERATORS)[number] {
  return OPERATORS.find(sign => sign === operator.replace(/[<>]/, found => (found === '<' ? '>' : '<'))) ?? operator;
}

function numberOf(text: string): number {
  return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
}

/** Without the parentheses around the whole of it. */
function bare(text: string): string {
  const trimmed = text.trim();
  return /^\(.*\)$/s.test(trimmed) && topLevel(trimmed).trim() === '' ? bare(trimmed.slice(1, -1)) : trimmed;
}

/** Blanks for all that is in brackets, and the brackets. */
function topLevel(code: string): string {
  let depth = 0;
  return code
    .split('')
    .map(sign => {
      if ('([{'.includes(sign)) depth += 1;
      const shown = depth === 0 ? sign : ' ';
      if (')]}'.includes(sign)) depth -= 1;
      return shown;
    })
    .join('');
}

function bracketProblem(code: string): PromqlProblem | undefined {
  const open: { sign: string; at: number }[] = [];
  for (const [at, sign] of code.split('').entries()) {
    if ('([{'.includes(sign)) open.push({ sign: ')]}'['([{'.indexOf(sign)] ?? '', at });
    if (')]}'.includes(sign) && open.pop()?.sign !== sign) return { from: at, to: at + 1, message: `The bracket ${sign} closes nothing.` };
  }
  const left = open.at(-1);
  return left && { from: left.at, to: left.at + 1, message: 'The bracket is never closed.' };
}

function selectorsOf(text: string, code: string): readonly PromqlSelector[] {
  const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
  const blank = code.replaceAll(grouping, found => ' '.repeat(found.length)).replaceAll(/\[[^\]]*\]/g, found => ' '.repeat(found.length));
  const found = [...blank.matchAll(/(?<![\w.:])([A-Za-z_:][\w:]*)?\s*(\{[^}]*\})|(?<![\w.:])([A-Za-z_:][\w:]*)(?![\w:]*\s*\()/g)];
  return found.flatMap(({ 0: whole, 1: named, 2: braces = '', 3: alone, index }) => {
    const metric = named ?? alone;
    if (metric !== undefined && (KEYWORDS.has(metric.toLowerCase()) || /^\s*\(/.test(blank.slice(index + whole.length)))) return [];
    const inner = text.slice(index + whole.length - braces.length, index + whole.length);
    const all = matchersIn(inner);
    const name = metric ?? all.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
    return [
      {
        ...(name !== undefined && { metric: name }),
        matchers: all.filter(({ label, operator }) => label !== '__name__' || operator !== '='),
      },
    ];
  });
}

function matchersIn(braces: string): readonly PromqlMatcher[] {
  const signs = ['=', '!=', '=~', '!~'] as const;
  return [...braces.matchAll(/([\w.]+)\s*(=~|!~|!=|=)\s*(["'`])((?:\\.|(?!\3).)*)\3/g)].flatMap(([, label = '', sign, , value = '']) => {
    const operator = signs.find(one => one === sign);
    return operator ? [{ label, operator, value }] : [];
  });
}
