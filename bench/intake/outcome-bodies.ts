import { createHash, randomUUID } from 'node:crypto';
import type { RepairOutcome } from '../../src/domain/ports/learning-repository.ts';

let made = 0;

/** Reports of one outcome each, all of different anomalies, as a bot sends them. */
export function outcomeBodies(count: number): string[] {
  return Array.from({ length: count }, () => {
    made += 1;
    return JSON.stringify({
      id: randomUUID(),
      anomaly_key: anomalyKey(`body ${made}`),
      repair_action: 'restart_pod',
      success: made % 4 !== 0,
      root_cause: 'the session cache leaks memory until the pod is killed',
      fix_description: 'restarted deployment/api',
      execution_time_seconds: 12.5,
      occurred_at: new Date(Date.now() - 60_000).toISOString(),
    });
  });
}

export interface Spread {
  readonly anomalies: number;
  /** Outcomes of each anomaly, over three actions. */
  readonly each: number;
  readonly batch: number;
}

/** Each anomaly's outcomes come far from one another, as they do in life. One in five says what was wrong. */
export function* outcomesOfAnomalies({ anomalies, each, batch }: Spread): Generator<readonly RepairOutcome[]> {
  const keys = Array.from({ length: anomalies }, (_, n) => anomalyKey(`anomaly ${n}`));
  for (let round = 0; round < each; round += 1) {
    for (let from = 0; from < anomalies; from += batch) yield keys.slice(from, from + batch).map(key => outcomeOf(key, round));
  }
}

const ACTIONS = ['restart_pod', 'scale_up', 'rollback'] as const;

function outcomeOf(key: string, round: number): RepairOutcome {
  return {
    id: `reported:${randomUUID()}`,
    anomalyKey: key,
    action: ACTIONS[round % ACTIONS.length] ?? 'restart_pod',
    success: round % 4 !== 0,
    by: 'runbook-bot',
    executionSeconds: 12.5 + round,
    ...(round % 5 === 0 && { rootCause: 'the session cache leaks memory until the pod is killed' }),
  };
}

/** So many actions, each with so many outcomes, of each of these anomalies. */
export function* outcomesOfActions(
  keys: readonly string[],
  of: { readonly actions: number; readonly each: number },
): Generator<readonly RepairOutcome[]> {
  for (const key of keys) {
    yield Array.from({ length: of.actions * of.each }, (_, n) => ({ ...outcomeOf(key, n), action: `action_${n % of.actions}` }));
  }
}

export function anomalyKey(of: string): string {
  return `v1-${createHash('sha256').update(of).digest('hex').slice(0, 16)}`;
}
