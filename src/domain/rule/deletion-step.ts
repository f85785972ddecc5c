import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import { durationMs } from '../../crds/duration.ts';

/** How many rules a connection may have before a mass deletion is looked out for. */
const FEW_RULES = 10;
const MANY_DELETIONS = 10;
/** A mass deletion shows itself in the moments after its first: nothing is deleted before. */
export const SETTLE_MS = 2_000;
const WINDOW_MS = 60_000;

export interface DeletionFacts {
  readonly policy: SignozAlertRuleSpec['deletionPolicy'];
  readonly finalizerTimeout: string;
  readonly deletedAt: Date;
  /** Whether the object carries the annotation that allows it among many. */
  readonly confirmed: boolean;
  /** When objects of the same connection were deleted lately, this one included. */
  readonly deletions: readonly Date[];
  /** How many objects the connection had, those included. */
  readonly rules: number;
  readonly now: Date;
}

export type DeletionStep =
  /** Deal with the rule as the policy says. */
  | { readonly do: 'Delete' | 'Disable' | 'Orphan' }
  | { readonly do: 'settle'; readonly forMs: number }
  /** Too many at once. */
  | { readonly do: 'hold'; readonly deletions: number; readonly rules: number; readonly untilOrphaned: Date };

/** What becomes of the rule of a deleted object now; pure. Whoever cannot do it asks {@link giveUpAt}. */
export function deletionStep(facts: DeletionFacts): DeletionStep {
  const { policy, deletedAt, confirmed, rules, now } = facts;
  if (policy !== 'Delete') return { do: policy };
  if (rules <= FEW_RULES || confirmed) return { do: 'Delete' };
  const settled = deletedAt.getTime() + SETTLE_MS - now.getTime();
  if (settled > 0) return { do: 'settle', forMs: settled };
  const deletions = facts.deletions.filter(at => Math.abs(at.getTime() - deletedAt.getTime()) <= WINDOW_MS).length;
  if (deletions <= MANY_DELETIONS && deletions * 2 <= rules) return { do: 'Delete' };
  return { do: 'hold', deletions, rules, untilOrphaned: giveUpAt(facts) };
}

/** When the object is let go whatever became of its rule. */
export function giveUpAt({ deletedAt, finalizerTimeout }: Pick<DeletionFacts, 'deletedAt' | 'finalizerTimeout'>): Date {
  return new Date(deletedAt.getTime() + durationMs(finalizerTimeout));
}
