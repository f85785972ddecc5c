import { createHash } from 'node:crypto';
import { isAnomalyKey } from '../incidents/partition.ts';
import type { EarlierEntry, EarlierKey, EarlierLearning, EarlierOccurrence } from '../ports/earlier-learning.ts';
import type { LearningRepository, RepairOutcome } from '../ports/learning-repository.ts';
import { MONTH_MS } from '../incidents/windows.ts';
import { earlierOccurrence, earlierOutcome } from './earlier-entry.ts';

export const OUTCOMES_PREFIX = 'learning:repair:';
export const TIMELINE_PREFIX = 'anomaly:timeline:';

/** Who reports what comes from an earlier system. */
const BY = 'earlier-system';

/** What became of the entries of one kind of key. */
export interface ImportCounts {
  readonly keys: number;
  readonly entries: number;
  /** Or, in a dry run, what would be. */
  readonly imported: number;
  /** Of an import before. */
  readonly known: number;
  /** Occurrences of more than 30 days ago, which no longer count. */
  readonly tooOld: number;
  readonly unreadable: number;
}

export interface Imported {
  readonly outcomes: ImportCounts;
  readonly occurrences: ImportCounts;
  /** Anomaly keys that are not of the operator's making. */
  readonly foreign: number;
  /** Keys of which something could not be read, at most so many as are worth showing. */
  readonly unreadableKeys: readonly string[];
}

export interface ImportOptions {
  readonly from: EarlierLearning;
  readonly to: LearningRepository;
  readonly dryRun: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Told after each key. */
  readonly progress: (keys: number) => void;
}

const NONE: ImportCounts = { keys: 0, entries: 0, imported: 0, known: 0, tooOld: 0, unreadable: 0 };
const SHOWN_KEYS = 20;

/**
 * Takes over what an earlier system knew of repairs, and leaves its keys as they are. A key is noted by its content once all of it was taken:
 * until then its entries are known by ids that follow from them, so that whatever is broken off goes on where it was.
 */
export async function importEarlier(options: ImportOptions): Promise<Imported> {
  const foreign = new Set<string>();
  const unreadableKeys: string[] = [];
  let read = 0;
  async function takeAll(prefix: string, take: Take): Promise<ImportCounts> {
    let counts = NONE;
    for await (const { key, rest } of keysOf(prefix, options)) {
      const taken = await takeKey({ key, rest }, { options, take });
      counts = summed(counts, taken.counts);
      if (taken.anomalyKey !== undefined && !isAnomalyKey(taken.anomalyKey)) foreign.add(taken.anomalyKey);
      if (taken.counts.unreadable > 0 && unreadableKeys.length < SHOWN_KEYS) unreadableKeys.push(key);
      options.progress((read += 1));
    }
    return counts;
  }
  const outcomes = await takeAll(OUTCOMES_PREFIX, takeOutcomes);
  const occurrences = await takeAll(TIMELINE_PREFIX, takeOccurrences);
  return { outcomes, occurrences, foreign: foreign.size, unreadableKeys };
}

interface PlainKey {
  readonly key: string;
  /** Behind the prefix. */
  readonly rest: string;
}

type Counts = Pick<ImportCounts, 'imported' | 'known' | 'tooOld' | 'unreadable'>;

/** What one kind of key becomes; undefined for a key that names no anomaly. */
type Take = (
  rest: string,
) => { readonly anomalyKey: string; entries(of: readonly Identified[], options: ImportOptions): Promise<Counts> } | undefined;

async function* keysOf(prefix: string, { from, signal }: ImportOptions): AsyncGenerator<PlainKey> {
  const seen = new Set<string>();
  for await (const page of from.keys(prefix, signal)) {
    for (const key of page) {
      if (seen.has(key)) continue;
      seen.add(key);
      yield { key, rest: key.slice(prefix.length) };
    }
  }
}

async function takeKey(
  { key, rest }: PlainKey,
  { options, take }: { readonly options: ImportOptions; readonly take: Take },
): Promise<{ readonly counts: ImportCounts; readonly anomalyKey: string | undefined }> {
  const { from, dryRun, signal } = options;
  const found = await from.read(key, signal);
  const entries = found.entries.length;
  const taking = found.isOther ? undefined : take(rest);
  if (!taking) return { counts: { ...NONE, keys: 1, entries, unreadable: Math.max(1, entries) }, anomalyKey: undefined };
  const content = contentOf(found);
  const [before, unread = '0'] = (await from.importedAs(key, signal))?.split(':') ?? [];
  if (before === content) {
    const unreadable = Number(unread);
    return { counts: { ...NONE, keys: 1, entries, known: entries - unreadable, unreadable }, anomalyKey: taking.anomalyKey };
  }
  const counts = await taking.entries(identified(key, found), options);
  // What could not be read is told each time: it never came in.
  if (!dryRun) await from.imported(key, `${content}:${counts.unreadable}`, signal);
  return { counts: { ...NONE, keys: 1, entries, ...counts }, anomalyKey: taking.anomalyKey };
}

interface Identified extends EarlierEntry {
  readonly id: string;
}

/** Oldest first. Entries that read the same are told apart by how many of them are older: new ones change nothing of that. */
function identified(key: string, { entries }: EarlierKey): readonly Identified[] {
  const before = new Map<string, number>();
  return entries.toReversed().map(entry => {
    const words = JSON.stringify([key, entry.text, entry.score]);
    const nth = before.get(words) ?? 0;
    before.set(words, nth + 1);
    return { ...entry, id: `earlier:${digest(`${words}${nth}`)}` };
  });
}

/** The action is what stands behind the last colon: in an anomaly's key there may be others. */
function takeOutcomes(rest: string): ReturnType<Take> {
  const colon = rest.lastIndexOf(':');
  const [anomalyKey, action] = [rest.slice(0, colon), rest.slice(colon + 1)];
  if (colon <= 0 || action === '') return undefined;
  return {
    anomalyKey,
    async entries(of, { to, dryRun, signal }) {
      const outcomes = of.flatMap((entry): RepairOutcome[] => {
        const outcome = earlierOutcome(entry);
        return outcome ? [{ ...outcome, id: entry.id, anomalyKey, action, by: BY }] : [];
      });
      const recorded = dryRun ? outcomes.length : await recordedIn(to, outcomes, signal);
      return { imported: recorded, known: outcomes.length - recorded, tooOld: 0, unreadable: of.length - outcomes.length };
    },
  };
}

async function recordedIn(to: LearningRepository, outcomes: readonly RepairOutcome[], signal: AbortSignal): Promise<number> {
  return (await to.record(outcomes, signal)).filter(({ is }) => is === 'recorded').length;
}

function takeOccurrences(anomalyKey: string): ReturnType<Take> {
  if (anomalyKey === '') return undefined;
  return {
    anomalyKey,
    async entries(of, { from, dryRun, now, signal }) {
      const dated = of.flatMap((entry): EarlierOccurrence[] => {
        const at = earlierOccurrence(entry);
        return at ? [{ id: entry.id, at }] : [];
      });
      const young = dated.filter(({ at }) => at.getTime() >= now().getTime() - MONTH_MS);
      const imported = dryRun ? young.length : await from.occurred(anomalyKey, young, signal);
      return { imported, known: young.length - imported, tooOld: dated.length - young.length, unreadable: of.length - dated.length };
    },
  };
}

function summed(one: ImportCounts, other: ImportCounts): ImportCounts {
  return {
    keys: one.keys + other.keys,
    entries: one.entries + other.entries,
    imported: one.imported + other.imported,
    known: one.known + other.known,
    tooOld: one.tooOld + other.tooOld,
    unreadable: one.unreadable + other.unreadable,
  };
}

function contentOf({ entries }: EarlierKey): string {
  return digest(JSON.stringify(entries.map(({ text, score }) => [text, score])));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
