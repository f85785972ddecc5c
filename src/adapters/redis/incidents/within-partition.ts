import { PARTITIONS, partitionOfIncident } from '../../../domain/incidents/partition.ts';
import { KEYS } from '../keys.ts';

/** With what the keys of the incident's partition begin with; undefined for what is no incident id, which no store holds. */
export async function withinPartitionOf<T>(id: string, act: (key: string, partition: number) => Promise<T>): Promise<T | undefined> {
  const partition = partitionOfIncident(id);
  return partition === undefined ? undefined : act(KEYS.partition(partition), partition);
}

export const ALL_PARTITIONS: readonly number[] = Array.from({ length: PARTITIONS }, (_, n) => n);
