import { setImmediate as nextTurn } from 'node:timers/promises';
import { type KubeClient, KubeError } from './client.ts';
import { isRecord } from './object.ts';

const LIST_DEADLINE_MS = 30_000;
const MOST_PER_PAGE = 500;
const FEWEST_PER_PAGE = 25;
const FIRST_PAGE = 50;
/** A page of this many characters is parsed in about 10 ms: nothing else runs meanwhile. */
const PAGE_CHARACTERS = 512 * 1024;
const RESTARTS = 3;

export interface Listing {
  readonly client: KubeClient;
  /** Path of a collection. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** For each page; 30 s unless told otherwise. */
  readonly deadlineMs?: number;
  /** Before the first page, and again when the list had to begin anew: forget what was collected. */
  onStart(): void;
  onPage(items: readonly unknown[]): void;
}

/**
 * Reads a whole collection in pages, consistent as of the resourceVersion that it resolves to. Pages are sized by what
 * the objects weigh, and other work gets its turn between them. Throws KubeError.
 */
export async function listPages(listing: Listing): Promise<string> {
  for (let restarts = 0; ; restarts++) {
    try {
      listing.onStart();
      return await onePass(listing);
    } catch (err) {
      // The snapshot behind the continue token was compacted away while we read.
      if (!isExpired(err) || restarts >= RESTARTS) throw err;
    }
  }
}

/** Whether the server no longer has the resourceVersion or the continue token that it was given. */
export function isExpired(err: unknown): boolean {
  return err instanceof KubeError && (err.status === 410 || err.reason === 'Expired' || err.reason === 'Gone');
}

async function onePass(listing: Listing): Promise<string> {
  const { client, path, query, signal, deadlineMs = LIST_DEADLINE_MS } = listing;
  let limit = FIRST_PAGE;
  let token = '';
  for (;;) {
    const asked = { ...query, limit: String(limit), ...(token !== '' && { continue: token }) };
    const page = pageOf(path, await client.request({ method: 'GET', path, query: asked, deadlineMs, signal }));
    listing.onPage(page.items);
    token = page.token;
    if (token === '') return page.resourceVersion;
    limit = limitFor(page.items);
    await nextTurn();
  }
}

interface Page {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly token: string;
}

function pageOf(path: string, answer: unknown): Page {
  const metadata = isRecord(answer) ? answer['metadata'] : undefined;
  const items = isRecord(answer) ? (answer['items'] ?? []) : undefined;
  if (!isRecord(metadata) || !Array.isArray(items) || typeof metadata['resourceVersion'] !== 'string') {
    throw new KubeError(`GET ${path} was answered with something that is no list`, { reason: 'Malformed' });
  }
  const token = metadata['continue'];
  return { items, resourceVersion: metadata['resourceVersion'], token: typeof token === 'string' ? token : '' };
}

/** Judged by a few objects of the page just read: weighing all would cost as much as parsing them did. */
function limitFor(items: readonly unknown[]): number {
  const samples = [0, 0.25, 0.5, 0.75].map(share => items[Math.floor(items.length * share)]);
  const heaviest = Math.max(1, ...samples.map(item => JSON.stringify(item ?? null).length));
  return Math.min(MOST_PER_PAGE, Math.max(FEWEST_PER_PAGE, Math.floor(PAGE_CHARACTERS / heaviest)));
}
