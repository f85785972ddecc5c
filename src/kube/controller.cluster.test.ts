import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf, lasting, type Running, type RunningOptions, runFrame } from '../../test/builders/kube-frame.ts';
import { type Thing, type ThingStatus, type ThrowawayKind, throwawayKind, throwawayResource } from '../../test/builders/throwaway-kind.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { Resource } from './controller.ts';
import type { Emission, Outcome } from './reconcile.ts';

let cluster: Cluster;
let resource: Resource;
let kind: ThrowawayKind;
let running: Running | undefined;
let emitted: Emission[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  resource = await throwawayResource(cluster);
});
beforeEach(async () => {
  kind = await throwawayKind(cluster, resource);
  emitted = [];
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function run(reconcile: RunningOptions['reconcile'], more: Partial<RunningOptions> = {}): Promise<Running> {
  const change = { events: { emit: (_: unknown, emission: Emission) => void emitted.push(emission) }, ...more.change };
  running = await runFrame({ kind, client: clientOf(cluster), reconcile, ...more, change });
  return running;
}

const ready = (status: 'True' | 'False' = 'True') => ({ Ready: { status, reason: 'Decided', message: 'decided' } });

async function settled(name: string, seen: string): Promise<Thing> {
  return eventually(async () => {
    const thing = await kind.read(name);
    return thing?.status?.seen === seen && thing;
  });
}

it('writes a status once, and no more while nothing differs', async () => {
  await kind.create('a', 'one');
  const frame = await run(async thing => ({ status: { seen: thing.spec.value }, conditions: ready() }));
  const first = await settled('a', 'one');
  expect(first.status).toMatchObject({ observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True', observedGeneration: 1 }] });
  for (let n = 0; n < 5; n += 1) {
    const before = frame.turns.length;
    frame.controller.enqueue(`${kind.namespace}/a`);
    await eventually(() => frame.turns.length > before);
  }
  expect((await kind.read('a'))?.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expect(frame.statusWrites.filter(result => result === 'written')).toHaveLength(1);
});

it('does not turn again for the echo of its own status, even when every status differs', async () => {
  await kind.create('a', 'one');
  let turns = 0;
  const frame = await run(async thing => {
    if (thing.metadata.name === 'a') turns += 1;
    return { status: { seen: `turn ${turns}` }, conditions: ready() };
  });
  await settled('a', 'turn 1');
  // The watch keeps order: once another object has come and gone through it, the echo has come too.
  await kind.create('b', 'one');
  await eventually(() => frame.statusWrites.length >= 2);
  expect(turns).toBe(1);
  await kind.want('a', 'two');
  await settled('a', 'turn 2');
});

it('turns every key now and then, whether anything was heard of it or not', async () => {
  await kind.create('a', 'one');
  await kind.create('b', 'one');
  const turned: string[] = [];
  await run(async thing => (turned.push(thing.metadata.name), {}), { change: { resyncMs: 300 } });
  const turns = (name: string): number => turned.filter(each => each === name).length;
  await eventually(() => turns('a') >= 4);
  expect(await eventually(() => turns('b') >= 4)).toBe(true);
});

it('moves observedGeneration also when nothing was decided', async () => {
  await kind.create('a', 'one');
  await run(async () => ({}));
  await eventually(async () => (await kind.read('a'))?.status?.observedGeneration === 1);
  await kind.want('a', 'two');
  const thing = await eventually(async () => {
    const now = await kind.read('a');
    return now?.status?.observedGeneration === 2 && now;
  });
  expect(thing.status?.conditions).toEqual([expect.objectContaining({ type: 'Ready', status: 'Unknown' })]);
});

it('takes away status fields that are removed, and leaves the others', async () => {
  await kind.create('a', 'one');
  await run(async (thing): Promise<Outcome<ThingStatus>> => {
    if (thing.spec.value === 'one') return { status: { seen: 'one', intent: 'i', deed: 'd' } };
    return { status: { seen: 'two', intent: undefined } };
  });
  await settled('a', 'one');
  await kind.want('a', 'two');
  const { status } = await settled('a', 'two');
  expect([status?.intent, status?.deed]).toEqual([undefined, 'd']);
});

it('says on the object why a turn failed, tells it once, and recovers by backoff', async () => {
  await kind.create('a', 'one');
  let broken = true;
  const frame = await run(async () => {
    if (broken) throw new Error('no answer');
    return { status: { seen: 'well' }, conditions: ready() };
  });
  const failed = await eventually(async () => {
    const thing = await kind.read('a');
    return thing?.status?.conditions?.[0]?.status === 'False' && thing;
  });
  expect(failed.status).toMatchObject({ observedGeneration: 1, conditions: [{ type: 'Ready', reason: 'Failed', message: 'no answer' }] });
  await eventually(() => frame.turns.length >= 2);
  expect(emitted).toEqual([{ type: 'Warning', reason: 'Failed', message: 'no answer' }]);
  broken = false;
  await settled('a', 'well');
  await eventually(() => emitted.length === 2);
  expect(emitted[1]).toEqual({ type: 'Normal', reason: 'Decided', message: 'decided' });
});

it('tells nothing of its own where what was done says already why the object is Ready', async () => {
  await kind.create('a', 'one');
  const made = { type: 'Normal', reason: 'Created', message: 'made', tellsOfReady: true } as const;
  await run(async thing => ({ status: { seen: thing.spec.value }, conditions: ready(), events: [made] }));
  await settled('a', 'one');
  await eventually(() => emitted.length > 0);
  expect(emitted).toEqual([made]);
});

it('refuses an intent over a change it has not seen, and turns at once on a fresh read', async () => {
  await kind.create('a', 'one');
  const generations: number[] = [];
  const frame = await run(async thing => {
    generations.push(thing.metadata.generation);
    if (generations.length === 1) await kind.want('a', 'two');
    return { exclusive: true, status: { intent: thing.spec.value, seen: thing.spec.value } };
  });
  const thing = await settled('a', 'two');
  expect(thing.status?.intent).toBe('two');
  expect(generations.slice(0, 2)).toEqual([1, 2]);
  expect(frame.turns[0]).toBe('conflict');
  expect(frame.statusWrites.slice(0, 2)).toEqual(['failed', 'written']);
});

it('writes over a change of something else: it does not cost the turn', async () => {
  await kind.create('a', 'one');
  const frame = await run(async thing => {
    if (thing.spec.value === 'two') await kind.annotate('a', { at: String(Math.random()) });
    return { status: { seen: thing.spec.value } };
  });
  await settled('a', 'one');
  await kind.want('a', 'two');
  await settled('a', 'two');
  expect(frame.turns).not.toContain('conflict');
});

it('does not write over a change with its first write: an earlier leader may have made it', async () => {
  await kind.create('a', 'one');
  let turns = 0;
  const frame = await run(async thing => {
    turns += 1;
    if (turns === 1) await kind.annotate('a', { by: 'an earlier leader' });
    return { status: { seen: thing.spec.value } };
  });
  await settled('a', 'one');
  expect(frame.statusWrites).toEqual(['failed', 'written']);
  expect(frame.turns[0]).toBe('conflict');
});

it('never turns on a state from before its own write, and never twice while the watch is behind', async () => {
  await kind.create('a', 'one');
  const client = faultyClient(clientOf(cluster));
  const states: (string | undefined)[] = [];
  const reconcile: RunningOptions['reconcile'] = async thing => {
    states.push(thing.status?.intent);
    const step = thing.status?.intent === undefined ? '1' : String(Number(thing.status.intent) + 1);
    return step === '4' ? {} : { status: { intent: step }, requeueAfterMs: 0 };
  };
  const release = client.holdWatches();
  const frame = await run(reconcile, { client, change: { escapeMs: 500 } });
  await eventually(() => states.length >= 4);
  expect(states.slice(0, 4)).toEqual([undefined, '1', '2', '3']);
  expect(frame.turns).toContain('waiting');
  release();
});

it('reads from the server after a write whose answer was lost', async () => {
  await kind.create('a', 'one');
  const client = faultyClient(clientOf(cluster));
  const states: (string | undefined)[] = [];
  client.dropAnswers(({ method }) => method === 'PATCH', 1);
  await run(
    async thing => {
      states.push(thing.status?.intent);
      return thing.status?.intent === undefined ? { exclusive: true, status: { intent: 'x' } } : { status: { seen: 'done' } };
    },
    { client },
  );
  await settled('a', 'done');
  expect(states.slice(0, 2)).toEqual([undefined, 'x']);
});

it('claims and releases a finalizer, and says when the object is gone', async () => {
  await kind.create('a', 'one');
  const gone: string[] = [];
  const finalizers = ['test.awoooi.io/claim'];
  await run(
    async thing => {
      if (thing.metadata.deletionTimestamp) return { finalizers: [] };
      if (!thing.metadata.finalizers?.length) return { finalizers };
      return { status: { seen: 'claimed' } };
    },
    { change: { onGone: key => void gone.push(key) } },
  );
  expect((await settled('a', 'claimed')).metadata.finalizers).toEqual(finalizers);
  await kind.remove('a');
  await eventually(async () => (await kind.read('a')) === undefined);
  await eventually(() => gone.includes(`${kind.namespace}/a`));
});

it('keeps off a namesake that was made while the turn was under way', async () => {
  await kind.create('a', 'one');
  const client = faultyClient(clientOf(cluster));
  await run(
    async thing => {
      if (thing.spec.value === 'two') {
        client.holdWatches();
        await kind.remove('a');
        await kind.create('a', 'other');
      }
      return thing.spec.value === 'other' ? {} : { status: { seen: thing.spec.value } };
    },
    { client },
  );
  await settled('a', 'one');
  await kind.want('a', 'two');
  const thing = await eventually(async () => {
    const now = await kind.read('a');
    return now?.spec.value === 'other' && now.status?.observedGeneration === 1 && now;
  });
  expect(thing.status?.seen).toBeUndefined();
});

it('writes nothing once leadership is over, and aborts the turn', async () => {
  await kind.create('a', 'one');
  const leadership = lasting();
  const frame = await run(
    async (_, { signal }) => {
      leadership.end('lost');
      await eventually(() => signal.aborted);
      return { status: { seen: 'too late' } };
    },
    // A turn that may finish in peace would find it out only much later.
    { leadership, change: { drainMs: 60_000 } },
  );
  await eventually(() => frame.turns.length === 1);
  expect(frame.turns).toEqual(['error']);
  expect((await kind.read('a'))?.status).toBeUndefined();
});

it('starts afresh after leadership came back: every key is turned, earlier failures are forgotten', async () => {
  await kind.create('a', 'one');
  let broken = true;
  const frame = await run(async thing => {
    if (broken) throw new Error('no answer');
    return { status: { seen: thing.spec.value }, conditions: ready() };
  });
  // By then the next turn is seconds away.
  await eventually(() => frame.turns.length >= 4, { withinMs: 20_000 });
  broken = false;
  frame.loseLeadership();
  frame.lead();
  await settled('a', 'one');
  expect(frame.turns.at(-1)).toBe('ok');
});
