import { cut } from '../text/cut.ts';
import type { RuleDifference } from './differences.ts';
import { partsOf } from './pointer.ts';

const LONGEST_VALUE = 120;
const LONGEST_PART = 60;
/** How much of what two long texts begin with alike is shown, so that one sees where they part. */
const BEFORE = 30;

/** What turns the order of a line, breaks it or speaks to a terminal, and is not escaped in JSON. */
const UNSEEN = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** For people, a line each: `condition.thresholds.critical.target: 0.05 → 0.1`, what there is before what there should be. */
export function differencesText(differences: readonly RuleDifference[], { most }: { readonly most: number }): string {
  const lines = differences.slice(0, most).map(line);
  const more = differences.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function line({ pointer, want, have }: RuleDifference): string {
  const from = alike(want, have);
  return `${path(pointer)}: ${shown(have, from)} → ${shown(want, from)}`;
}

function path(pointer: string): string {
  const text = partsOf(pointer).map(part =>
    /^[A-Za-z_][\w-]*$/.test(part) ? `.${part}` : `[${/^\d+$/.test(part) ? part : quoted(part)}]`,
  );
  return (
    text
      .map(part => cut(part, LONGEST_PART))
      .join('')
      .replace(/^\./, '') || 'rule'
  );
}

/** From where two texts are shown: the start, unless what differs would be cut off. */
function alike(want: unknown, have: unknown): number {
  if (typeof want !== 'string' || typeof have !== 'string') return 0;
  let same = 0;
  while (same < want.length && want[same] === have[same]) same++;
  return same <= LONGEST_VALUE / 2 ? 0 : same - BEFORE;
}

function shown(value: unknown, from: number): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string') return cut(quoted(value), LONGEST_VALUE);
  return cut(quoted(from === 0 ? value : `…${value.slice(from).replace(/^[\udc00-\udfff]/, '')}`), LONGEST_VALUE);
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.replace(UNSEEN, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
