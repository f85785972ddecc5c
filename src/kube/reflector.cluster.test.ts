import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../test/parts/cluster.ts';
import { type ConfigMaps, configMaps, type Trial } from '../../test/parts/configmap-trial.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import { type FaultProxy, faultProxy } from '../../test/servers/fault-proxy.ts';
import { isRecord, type RawObject } from './object.ts';

/** How long after a fault ends the cache may differ from what the API server holds. */
const CAUGHT_UP_MS = 15_000;

let plane: Cluster;
let maps: ConfigMaps;
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  plane = await sharedControlPlane();
});
beforeEach(async () => {
  maps = await configMaps(plane);
});
afterEach(async () => {
  await maps.stop();
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function readable(object: RawObject): RawObject {
  if (isRecord(object['data']) && object['data']['value'] === 'unreadable') throw new Error('no such shape');
  return object;
}

describe('without faults', () => {
  it('holds what the API server holds, slim, and tells each key once', async () => {
    const following = maps.follow();
    await following.reflector.synced;
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.changes.toSorted()).toEqual(['doomed', 'kept', 'still'].map(name => `${maps.namespace}/${name}`));
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    expect(following.changes.slice(3).toSorted()).toEqual(['doomed', 'kept', 'new'].map(name => `${maps.namespace}/${name}`));
    expect(following.store.list().filter(({ metadata }) => 'managedFields' in metadata)).toEqual([]);
    expect(following.reflector.hasSynced).toBe(true);
  });

  it('goes on when a subscriber throws', async () => {
    const following = maps.follow();
    following.store.subscribe(() => {
      throw new Error('a careless subscriber');
    });
    await following.reflector.synced;
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });

  it('keeps what it held of an object that cannot be read, says so, and goes on with the others', async () => {
    const following = maps.follow({ keep: readable });
    await following.reflector.synced;
    await maps.write('kept', 'unreadable');
    await maps.write('new', 'added');
    await eventually(() => following.store.get(`${maps.namespace}/new`) !== undefined);
    expect(following.store.get(`${maps.namespace}/kept`)?.['data']).toEqual({ value: 'first' });
    expect(following.failures).toEqual(['Unreadable']);
  });
});

describe('through a broken network', () => {
  let proxy: FaultProxy;

  async function throughProxy(): Promise<Trial> {
    proxy = await faultProxy(targetOf(plane.url));
    cleanups.push(() => proxy.stop());
    const following = maps.follow({ server: `https://127.0.0.1:${proxy.port}` });
    await following.reflector.synced;
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    return following;
  }

  it.each([
    ['reset mid-watch', (): void => proxy.reset()],
    ['closed cleanly', (): void => proxy.finish()],
    ['cut in the middle of a chunk', (): void => proxy.cutAfter(100)],
  ])('catches up within 15 s after its connections were %s', async (_, fault) => {
    const following = await throughProxy();
    fault();
    await maps.changeEverything();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
    await eventually(() => following.counts.watches > 1);
    expect(following.counts.lists).toBe(1);
  });

  it('notices a silent stall by itself, and catches up within 15 s after it', async () => {
    const following = await throughProxy();
    proxy.stall();
    await maps.changeEverything();
    await eventually(() => following.failures.includes('Timeout'), { withinMs: 20_000 });
    proxy.heal();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });

  it('catches up within 15 s after connections were refused for a while', async () => {
    const following = await throughProxy();
    proxy.refuse();
    await maps.changeEverything();
    await eventually(() => following.failures.length >= 3);
    proxy.heal();
    expect(await maps.isFollowed(following, CAUGHT_UP_MS)).toBe(true);
  });

  it('uses one connection for a watch and leaves none behind', async () => {
    const following = await throughProxy();
    for (let round = 1; round <= 3; round++) {
      proxy.reset();
      await eventually(() => following.counts.watches > round && proxy.open() > 0);
    }
    expect(proxy.open()).toBeLessThanOrEqual(2);
    await following.stop();
    await eventually(() => proxy.open() === 0);
  });
});

function targetOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 443) };
}
