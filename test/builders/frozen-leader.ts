import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Resource } from '../../src/kube/controller.ts';
import { LeaseElection, type LeaseTimes } from '../../src/kube/lease.ts';
import type { Context, Outcome } from '../../src/kube/reconcile.ts';
import type { ClusterAccess } from '../parts/cluster.ts';
import { clientOf, runFrame } from './kube-frame.ts';
import type { Thing, ThingStatus } from './throwaway-kind.ts';

export interface FrozenLeader {
  readonly access: ClusterAccess;
  readonly resource: Resource;
  readonly namespace: string;
  readonly lease: string;
  readonly times: LeaseTimes;
  /** What a turn does once it may go on. */
  readonly goesOnTo: 'effect' | 'write';
  readonly effectUrl: string;
  /** A turn stands still between its read and what follows until this file is there. */
  readonly goFile: string;
}

function say(fields: object, message: string): void {
  console.log(JSON.stringify({ ...fields, message }));
}

/** A process that leads, and whose turns stop dead in the middle: nothing of it runs, no timer either, as if it were frozen there. */
async function lead({ access, resource, namespace, lease, times, goesOnTo, effectUrl, goFile }: FrozenLeader): Promise<void> {
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());

  const reconcile = async (thing: Thing, { fence }: Context): Promise<Outcome<ThingStatus>> => {
    console.log('between read and effect');
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(goFile)) Atomics.wait(cell, 0, 0, 20);
    if (goesOnTo === 'write') return { status: { deed: 'done' } };
    fence();
    await fetch(effectUrl, { method: 'POST', body: JSON.stringify({ object: thing.metadata.uid, key: 'the only' }) });
    return {};
  };

  const client = clientOf(access);
  const election = new LeaseElection({
    client,
    namespace,
    name: lease,
    identity: 'frozen',
    times,
    now: () => new Date(),
    random: Math.random,
    metrics: { leading() {}, transition() {}, renewFailure() {} },
    log: { info: say, warn: say },
  });
  await election.run(stop.signal, async (over, term) => {
    const leadership = { signal: term.signal, isLeading: () => term.isLeading(), assertLeading: () => term.assertLeading(), end() {} };
    const frame = await runFrame({ kind: { resource, namespace }, client: telling(clientOf(access)), leadership, reconcile });
    if (!over.aborted) await once(over, 'abort');
    await frame.stop();
  });
  await client.close();
}

/** Says what it is about to write. */
function telling(client: KubeClient): KubeClient {
  return {
    ...client,
    request(request) {
      if (request.method !== 'GET') console.log(`sends ${request.method}`);
      return client.request(request);
    },
  };
}

await lead(JSON.parse(process.argv[2] ?? '{}'));
