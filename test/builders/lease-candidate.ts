import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LeaseTimes } from '../../src/kube/lease.ts';
import { LeaseElection } from '../../src/kube/lease.ts';
import type { ClusterAccess } from '../parts/cluster.ts';
import { clientOf } from './kube-frame.ts';

export interface Candidate {
  readonly access: ClusterAccess;
  readonly namespace: string;
  readonly identity: string;
  readonly times: LeaseTimes;
  /** Each act of a leader is a line here: its identity. */
  readonly actsFile: string;
}

function say(fields: object, message: string): void {
  console.log(JSON.stringify({ ...fields, message }));
}

/** A process that competes for a lease and acts every few milliseconds while it leads, until SIGTERM. */
async function compete({ access, namespace, identity, times, actsFile }: Candidate): Promise<void> {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const client = clientOf(access);
  const election = new LeaseElection({
    client,
    namespace,
    name: 'contended',
    identity,
    times,
    now: () => new Date(),
    random: Math.random,
    metrics: { leading() {}, transition() {}, renewFailure() {} },
    log: { info: say, warn: say },
  });
  await election.run(stop.signal, async (over, leadership) => {
    while (!over.aborted) {
      if (leadership.isLeading()) appendFileSync(actsFile, `${identity}\n`);
      await pause(10);
    }
  });
  await client.close();
}

await compete(JSON.parse(process.argv[2] ?? '{}'));
