import { cut } from '../text/cut.ts';

/** Of one text; an alert with a megabyte in it is taken, and what nobody could read of it is left out. */
const LONGEST_TEXT = 16 * 1024;
/** Of all names and texts of one alert's labels, and of its annotations. */
const LONGEST_SET = 64 * 1024;

type Texts = Readonly<Record<string, string>>;

/** The same texts, as long as they are of a size to be kept; else each cut, and then the longest of them left out until the rest fits. */
export function fitting(texts: Texts): Texts {
  if (lengthOf(texts) <= LONGEST_TEXT) return texts;
  const short = Object.entries(texts).map(([name, text]) => [name, cut(text, LONGEST_TEXT)] as const);
  const kept = fromShortest(short);
  return Object.fromEntries(short.filter(([name]) => kept.has(name)));
}

/** Of all names and texts, in characters. */
function lengthOf(texts: Texts): number {
  let total = 0;
  for (const name of Object.keys(texts)) total += name.length + (texts[name]?.length ?? 0);
  return total;
}

function fromShortest(entries: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const kept = new Set<string>();
  let left = LONGEST_SET;
  for (const [name, text] of entries.toSorted((a, b) => a[0].length + a[1].length - (b[0].length + b[1].length))) {
    left -= name.length + text.length;
    if (left < 0) break;
    kept.add(name);
  }
  return kept;
}
