import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';

const FIRST_MS = 60_000;
const LONGEST_MS = 3_600_000;

/** When SigNoz is made to load a rule the next time: at once, then ever more seldom, since each time its evaluator starts afresh. */
export function healAt(healing: SignozAlertRuleStatus['healing']): Date {
  if (!healing) return new Date(0);
  const waitMs = Math.min(LONGEST_MS, FIRST_MS * 4 ** Math.min(10, Math.max(0, healing.attempts - 1)));
  return new Date(Date.parse(healing.time) + waitMs);
}

/** What is kept of it: a rule that is loaded for a while between two tries must not be tried ever anew. */
export function keptHealing(
  healing: SignozAlertRuleStatus['healing'],
  { isStuck, now }: { readonly isStuck: boolean; readonly now: Date },
): SignozAlertRuleStatus['healing'] {
  return healing && (isStuck || now.getTime() - Date.parse(healing.time) < LONGEST_MS) ? healing : undefined;
}
