import { type ImportCounts, type Imported, OUTCOMES_PREFIX, TIMELINE_PREFIX } from '../../domain/outcomes/import-earlier.ts';
import { columns, plain } from './columns.ts';

/** A line for each kind of key, and what is to be known of the rest. */
export function importText({ outcomes, occurrences, foreign, unreadableKeys }: Imported, dryRun: boolean): string {
  if (outcomes.keys + occurrences.keys === 0) return `there are no keys ${OUTCOMES_PREFIX}… or ${TIMELINE_PREFIX}… in this Redis\n`;
  const heads = ['', 'KEYS', 'ENTRIES', dryRun ? 'TO IMPORT' : 'IMPORTED', 'KNOWN', 'TOO OLD', 'UNREADABLE'];
  const table = columns([heads, row('outcomes', outcomes), row('occurrences', occurrences)]);
  return [table, dryRun ? 'dry run: nothing was written\n' : '', foreignNote(foreign), unreadableNote(unreadableKeys)].join('');
}

function row(name: string, { keys, entries, imported, known, tooOld, unreadable }: ImportCounts): string[] {
  return [name, ...[keys, entries, imported, known, tooOld, unreadable].map(String)];
}

function foreignNote(foreign: number): string {
  if (foreign === 0) return '';
  const keys = foreign === 1 ? '1 anomaly key is' : `${foreign} anomaly keys are`;
  return `${keys} not of this operator's making (v1-…): kept word for word, and found by the same words alone; no incident of this operator has them\n`;
}

function unreadableNote(keys: readonly string[]): string {
  if (keys.length === 0) return '';
  const names = keys.map(key => `  ${plain(key)}\n`).join('');
  return `something could not be read, and was left out, of:\n${names}`;
}

/** For machines. */
export function importJson({ outcomes, occurrences, foreign, unreadableKeys }: Imported, dryRun: boolean) {
  return {
    dry_run: dryRun,
    outcomes: countsJson(outcomes),
    occurrences: countsJson(occurrences),
    foreign_anomaly_keys: foreign,
    unreadable_keys: unreadableKeys,
  };
}

function countsJson({ tooOld, ...counts }: ImportCounts) {
  return { ...counts, too_old: tooOld };
}
