import { decayedTo } from '../../../domain/outcomes/decay.ts';
import type { ActionTotals, LearningRepository } from '../../../domain/ports/learning-repository.ts';
import type { RedisCommands } from '../connection.ts';
import { ask } from '../fault.ts';
import { ALL_PARTITIONS } from '../incidents/within-partition.ts';
import { KEYS } from '../keys.ts';
import { run } from '../script.ts';
import { TOTALS } from './read-scripts.ts';
import { StoredTotals } from './stored-record.ts';

/** Every partition has the sums of its own anomalies, by class; those of all anomalies are the sums of the classes. */
export function totals(commands: Pick<RedisCommands, 'eval' | 'evalsha'>): LearningRepository['totals'] {
  const ofPartition = (partition: number) => run(commands, TOTALS, [KEYS.partition(partition)]);
  return async signal => {
    const replies = await ask('sum up what repairs have shown', signal, () => Promise.all(ALL_PARTITIONS.map(ofPartition)));
    const stored = replies.map(reply => StoredTotals.parse(reply));
    const asOf = Math.max(...stored.map(each => each.asOf));
    const all = stored.flatMap(each => each.totals);
    const byAction = Map.groupBy(all, ({ action }) => action);
    const byClass = Map.groupBy(all, ({ action, anomalyClass }) => `${anomalyClass}\t${action}`);
    const summed = (of: readonly (typeof all)[number][]) =>
      decayedTo(asOf, { successes: sum(of, 'successes'), failures: sum(of, 'failures') });
    return [
      ...[...byAction].map(([action, of]): ActionTotals => ({ action, verified: summed(of) })),
      ...[...byClass.values()].flatMap(of => of.slice(0, 1).map((one): ActionTotals => ({ ...named(one), verified: summed(of) }))),
    ];
  };
}

function named({ action, anomalyClass }: { readonly action: string; readonly anomalyClass: string }) {
  return { action, anomalyClass };
}

function sum<K extends string>(of: readonly Readonly<Record<K, number>>[], field: K): number {
  return of.reduce((total, each) => total + each[field], 0);
}
