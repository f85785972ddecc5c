import { z } from 'zod';
import { decayedTo } from '../../../domain/outcomes/decay.ts';
import { LAST_OUTCOMES } from '../../../domain/outcomes/limits.ts';
import type { ActionRecord, AnomalyRecord, PlaybookRecord, Recorded } from '../../../domain/ports/learning-repository.ts';

export const StoredRecorded = z
  .tuple([z.enum(['recorded', 'repeated']), z.number(), z.number()])
  .transform(([is, attempts, successes]): Recorded => ({ is, attempts, successes }));

const Counted = z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number(), z.string()]);

/** Attempts, successes, the sums of verified ones, the time of the newest and the newest execution times, separated by bars. */
function actionFrom(asOf: number, [action, text]: readonly [string, string]): ActionRecord {
  const [attempts, successes, won, lost, lastAt, recent] = Counted.parse(text.split('|'));
  return {
    action: decodeURIComponent(action),
    attempts,
    successes,
    recentSeconds: recent === '' ? [] : recent.split(',').map(Number),
    verified: decayedTo(asOf, { successes: won, failures: lost }),
    lastAt: new Date(lastAt),
  };
}

/** What ANOMALY answers. */
export const StoredAnomaly = z
  .tuple([z.coerce.number(), z.coerce.number()])
  .rest(z.string())
  .transform(([now, occurrences, ...flat]): AnomalyRecord => ({ occurrences, actions: inPairs(flat).map(pair => actionFrom(now, pair)) }));

interface StoredTotal {
  readonly action: string;
  readonly anomalyClass: string;
  readonly successes: number;
  readonly failures: number;
}

/** What TOTALS answers: the sums as of the reference, by class and action. */
export const StoredTotals = z
  .tuple([z.coerce.number()])
  .rest(z.string())
  .transform(([asOf, ...flat]) => ({ asOf, totals: inPairs(flat).map(totalFrom) }));

function totalFrom([of, sums]: readonly [string, string]): StoredTotal {
  const tab = of.lastIndexOf('\t');
  const [successes = 0, failures = 0] = sums.split(' ').map(Number);
  return { action: decodeURIComponent(of.slice(tab + 1)), anomalyClass: of.slice(0, tab), successes, failures };
}

const Run = z.tuple([z.coerce.number(), z.enum(['0', '1']), z.coerce.number(), z.string(), z.string().transform(decodeURIComponent)]);
const Runs = z.string().transform(text => (text === '' ? [] : text.split('\n').map(line => Run.parse(line.split(' ')))));

/** What PLAYBOOK answers. */
export const StoredPlaybook = z
  .tuple([z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number(), z.coerce.number(), Runs])
  .transform(
    ([now, attempts, successes, won, lost, runs]): PlaybookRecord => ({
      attempts,
      successes,
      verified: decayedTo(now, { successes: won, failures: lost }),
      recentSeconds: runs.map(([, , seconds]) => seconds),
      lastOutcomes: runs.slice(0, LAST_OUTCOMES).map(([at, success, , id, by]) => ({ id, by, success: success === '1', at: new Date(at) })),
    }),
  );

function inPairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, n) => (n % 2 === 0 ? [[name, flat[n + 1] ?? ''] satisfies [string, string]] : []));
}
