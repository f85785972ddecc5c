import type { ActionRecord } from '../../src/domain/ports/learning-repository.ts';

export const LEARNED_AT = new Date('2026-03-29T10:00:00Z');

/** An action with so many of so many successes, of which none was verified unless it is said. */
export function actionRecord(
  action: string,
  [successes, attempts]: readonly [number, number],
  changes: Partial<ActionRecord> = {},
): ActionRecord {
  return {
    action,
    attempts,
    successes,
    recentSeconds: [],
    verified: { successes: 0, failures: 0, asOf: LEARNED_AT },
    lastAt: LEARNED_AT,
    ...changes,
  };
}

/** Verified outcomes of this very moment. */
export function verifiedNow(successes: number, failures: number): ActionRecord['verified'] {
  return { successes, failures, asOf: LEARNED_AT };
}
