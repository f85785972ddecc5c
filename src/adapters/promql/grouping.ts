import type { PromqlProblem } from '../../domain/ports/promql-syntax.ts';
import { unquoted } from './quoted.ts';
import { ahead, isKeyword, isSign, unexpected, type Walk } from './walk.ts';

/** The labels in round brackets, which begin here. */
export function grouping(walk: Walk, of: { readonly included: boolean } = { included: false }): PromqlProblem | readonly string[] {
  const opening = ahead(walk);
  if (!isSign(opening, '(')) return unexpected(walk, 'labels in parentheses were expected');
  walk.at += 1;
  const labels: string[] = [];
  while (!isSign(ahead(walk), ')')) {
    const label = oneLabel(walk);
    if (typeof label !== 'string') return label;
    labels.push(label);
    if (isSign(ahead(walk), ',')) walk.at += 1;
    else if (!isSign(ahead(walk), ')')) return unexpected(walk, 'a comma or the closing parenthesis must follow a label');
  }
  const closing = ahead(walk)?.from ?? opening.to;
  walk.at += 1;
  // The type checker needs to know no more than whether there are labels to match by.
  const text = (labels.length > 0 && !of.included ? 'x' : '').padEnd(closing - opening.to);
  walk.plain.push({ from: opening.to, to: closing, text });
  return labels;
}

function oneLabel(walk: Walk): PromqlProblem | string {
  const token = ahead(walk);
  const named = token?.is === 'name' || (token?.is === 'keyword' && token.text !== 'without');
  if (!named && token?.is !== 'string') return unexpected(walk, 'a label name was expected');
  walk.at += 1;
  const written = walk.text.slice(token.from, token.to);
  if (named) return written;
  const { value, utf8 } = unquoted(token.text);
  if (value === '' || !utf8)
    walk.problems.push({ from: token.from, to: token.to, message: 'A label name must not be empty, and be valid UTF-8.' });
  return value;
}

/** What may stand between an operator and its right side: `bool`, `on (…)`, `ignoring (…)`, `group_left (…)`, `group_right (…)`. */
export function matching(walk: Walk): PromqlProblem | undefined {
  if (isKeyword(ahead(walk), 'bool')) walk.at += 1;
  const clause = ahead(walk);
  if (!isKeyword(clause, 'on', 'ignoring')) return undefined;
  walk.at += 1;
  const labels = grouping(walk);
  if ('message' in labels) return labels;
  const group = ahead(walk);
  if (!isKeyword(group, 'group_left', 'group_right')) return undefined;
  walk.at += 1;
  if (!isSign(ahead(walk), '(')) return undefined;
  const included = grouping(walk, { included: true });
  if ('message' in included) return included;
  const both = clause.text === 'on' ? labels.find(label => included.includes(label)) : undefined;
  if (both !== undefined)
    walk.problems.push({ from: clause.from, to: group.to, message: `The label ${both} must not stand both in on and in ${group.text}.` });
  return undefined;
}
