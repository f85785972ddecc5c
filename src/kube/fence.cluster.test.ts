import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { FrozenLeader } from '../../test/builders/frozen-leader.ts';
import { clientOf, quiet } from '../../test/builders/kube-frame.ts';
import { throwawayKind, throwawayResource } from '../../test/builders/throwaway-kind.ts';
import { type EffectServer, effectServer } from '../../test/experiments/effect-server.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { startChild } from '../../test/parts/process.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { Resource } from './controller.ts';
import { LeaseElection, type LeaseTimes } from './lease.ts';

const SHORT: LeaseTimes = { durationMs: 4_000, renewDeadlineMs: 2_500, retryPeriodMs: 500 };
const SCRIPT = join(import.meta.dirname, '../../test/builders/frozen-leader.ts');

let cluster: Cluster;
let resource: Resource;
let effects: EffectServer;
let folder: string;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  resource = await throwawayResource(cluster);
});
beforeEach(async () => {
  effects = await effectServer();
  folder = runFolder('fence');
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await effects.stop();
  removeFolder(folder);
});

/** Resolves once another than the frozen process holds the lease. */
async function takeOver(namespace: string): Promise<void> {
  const stop = new AbortController();
  const client = clientOf(cluster);
  const led = Promise.withResolvers<void>();
  const metrics = { leading: (yes: boolean) => yes && led.resolve(), transition() {}, renewFailure() {} };
  const who = { namespace, name: 'fenced', identity: 'successor', now: () => new Date(), random: Math.random };
  const election = new LeaseElection({ client, ...who, times: SHORT, metrics, log: quiet });
  const running = election.run(stop.signal, async over => void (await eventually(() => over.aborted, { withinMs: 60_000 })));
  cleanups.push(async () => {
    stop.abort();
    await running;
    await client.close();
  });
  await led.promise;
}

it.each<[string, FrozenLeader['goesOnTo']]>([
  ['makes no effect', 'effect'],
  ['writes nothing', 'write'],
])('a leader that was frozen past its lease in the middle of a turn %s when it comes back', async (_, goesOnTo) => {
  const kind = await throwawayKind(cluster, resource);
  await kind.create('a', 'one');
  const { url, caFile, adminToken, adminUser, adminKubeconfig } = cluster;
  const goFile = join(folder, 'go');
  const asked: FrozenLeader = {
    access: { url, caFile, adminToken, adminUser, adminKubeconfig },
    resource,
    namespace: kind.namespace,
    lease: 'fenced',
    times: SHORT,
    goesOnTo,
    effectUrl: effects.url,
    goFile,
  };
  const leader = startChild({ name: 'frozen', command: process.execPath, args: [SCRIPT, JSON.stringify(asked)] });
  cleanups.push(() => leader.kill9());
  await eventually(() => leader.log().includes('between read and effect'), { withinMs: 30_000 });
  leader.freeze();
  await takeOver(kind.namespace);
  writeFileSync(goFile, '');
  leader.thaw();
  await eventually(() => leader.log().includes('leadership lost'), { withinMs: 30_000 });
  const thing = await kind.read('a');
  expect(effects.sends(thing?.metadata.uid ?? '')).toEqual([]);
  expect(leader.log()).not.toContain('sends');
  expect(thing?.status).toBeUndefined();
});
