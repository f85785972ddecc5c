/** Of one text; an alert with a megabyte in it is taken, and what nobody could read of it is left out. */
const LONGEST_TEXT = 16 * 1024;
/** Of all names and texts of one alert's labels, and of its annotations. */
const LONGEST_SET = 64 * 1024;

type Texts = Readonly<Record<string, string>>;

/** The same texts, as long as they are of a size to be kept; else each cut, and then the longest of them left out until the rest fits. */
export function fitting(texts: Texts): Texts {
  const entries = Object.entries(texts);
  const total = entries.reduce((sum, [name, text]) => sum + name.length + text.length, 0);
  if (total <= LONGEST_TEXT) return texts;
  const short = entries.map(([name, text]) => [name, cut(text, LONGEST_TEXT)] as const);
  const kept = fromShortest(short);
  return Object.fromEntries(short.filter(([name]) => kept.has(name)));
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

/** At most so many characters, and never half of one. */
export function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
