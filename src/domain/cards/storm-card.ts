import { type Severity, SEVERITIES } from '../alerts/alert.ts';
import type { Card } from '../ports/cards.ts';
import { bold, escaped, line } from './html.ts';
import { wordsOf } from './language.ts';
import type { Language } from '../text/language.ts';

/** What a storm's card counts. */
export interface StormCounts {
  readonly total: number;
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
  readonly byName: ReadonlyMap<string, number>;
}

const MOST_NAMES = 15;
const MOST_NAME = 100;

/** One card for many incidents: how many, of which severities, and the names that came most often. */
export function stormCard({ total, bySeverity, byName }: StormCounts, language: Language): Card {
  const words = wordsOf(language);
  const severities = SEVERITIES.flatMap(severity => {
    const count = bySeverity[severity] ?? 0;
    return count > 0 ? [`${words.severity[severity]}: ${count}`] : [];
  });
  const names = [...byName].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MOST_NAMES);
  const rest = byName.size - names.length;
  const rows = names.map(([name, count]) => `${count}× ${line(name, MOST_NAME)}`);
  const parts = [
    bold(`🌊 ${escaped(words.storm(total))}`),
    escaped(severities.join(' · ')),
    [...rows, ...(rest > 0 ? [`… +${rest}`] : [])].join('\n'),
    `<i>${escaped(words.stormWhy)}</i>`,
  ];
  return { html: parts.join('\n\n'), buttons: [] };
}
