import { z } from 'zod';
import { plainId } from '../../../domain/incidents/bounds.ts';
import type { IncidentStore } from '../../../domain/ports/incident-store.ts';
import type { RedisCommands } from '../connection.ts';
import { ask } from '../fault.ts';
import { KEYS } from '../keys.ts';
import { StoredTrace } from './stored-outcome.ts';
import { ALL_PARTITIONS } from './within-partition.ts';

const Lines = z.array(StoredTrace);

/** Whoever asks knows the alert and not its anomaly: every partition is asked. */
export function trace(commands: RedisCommands): IncidentStore['trace'] {
  return async (fingerprint, signal) => {
    const print = plainId(fingerprint);
    const ofPartition = (partition: number) => commands.call('LRANGE', `${KEYS.partition(partition)}:trace:${print}`, 0, -1);
    const replies = await ask('say what came of an alert', signal, () => Promise.all(ALL_PARTITIONS.map(ofPartition)));
    return replies.flatMap(reply => Lines.parse(reply)).toSorted((a, b) => b.at.getTime() - a.at.getTime());
  };
}
