import { type Duration, durationMs } from '../../crds/duration.ts';

/** How many rules a connection may have before a mass deletion is looked out for. */
const FEW_RULES = 10;
const MANY_DELETIONS = 10;
/** A mass deletion shows itself in the moments after its first: nothing is deleted before. */
const SETTLE_MS = 2_000;
const WINDOW_MS = 60_000;

export interface DeletionFacts {
  readonly deletedAt: Date;
  /** When this process saw first that it was: after a restart it sees all at once, however long ago they were. */
  readonly seenAt: Date;
  /** Whether the object carries the annotation that allows it among many. */
  readonly confirmed: boolean;
  /** When objects of the same connection were deleted lately, this one included. */
  readonly deletions: readonly Date[];
  /** How many objects the connection had, those included. */
  readonly rules: number;
  /** For how long objects have been counted: right after a start few are. */
  readonly knownForMs: number;
  readonly now: Date;
}

export type DeletionStep =
  | { readonly do: 'delete' }
  | { readonly do: 'settle'; readonly forMs: number }
  /** Too many at once. */
  | { readonly do: 'hold'; readonly deletions: number; readonly rules: number };

/** Whether the rule of a deleted object may be deleted now; pure. */
export function deletionStep({ deletedAt, seenAt, confirmed, deletions, rules, knownForMs, now }: DeletionFacts): DeletionStep {
  if (confirmed) return { do: 'delete' };
  const few = rules <= FEW_RULES;
  const settled = few ? SETTLE_MS - knownForMs : Math.max(deletedAt.getTime(), seenAt.getTime()) + SETTLE_MS - now.getTime();
  if (settled > 0) return { do: 'settle', forMs: Math.min(settled, SETTLE_MS) };
  if (few) return { do: 'delete' };
  const near = deletions.filter(at => Math.abs(at.getTime() - deletedAt.getTime()) <= WINDOW_MS).length;
  return near <= MANY_DELETIONS && near * 2 <= rules ? { do: 'delete' } : { do: 'hold', deletions: near, rules };
}

/** When the object is let go whatever became of its rule. */
export function giveUpAt({ deletedAt, finalizerTimeout }: { readonly deletedAt: Date; readonly finalizerTimeout: Duration }): Date {
  return new Date(deletedAt.getTime() + durationMs(finalizerTimeout));
}
