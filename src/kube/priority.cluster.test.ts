import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { faultyClient } from '../../test/builders/faulty-client.ts';
import { clientOf, type Running, type RunningOptions, runFrame } from '../../test/builders/kube-frame.ts';
import { type Thing, type ThrowawayKind, throwawayKind, throwawayResource } from '../../test/builders/throwaway-kind.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { Resource } from './controller.ts';
import type { Context } from './reconcile.ts';

let cluster: Cluster;
let resource: Resource;
let kind: ThrowawayKind;
let running: Running | undefined;
let turned: string[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  resource = await throwawayResource(cluster);
});
beforeEach(async () => {
  kind = await throwawayKind(cluster, resource);
  turned = [];
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** Runs a frame that notes which object was turned at which level. */
async function run(reconcile: RunningOptions['reconcile'], more: Partial<RunningOptions> = {}): Promise<Running> {
  const noting = async (thing: Thing, context: Context) => {
    turned.push(`${thing.metadata.name} at ${context.priority}`);
    return reconcile(thing, context);
  };
  running = await runFrame({ kind, client: clientOf(cluster), reconcile: noting, ...more });
  return running;
}

const ready = { Ready: { status: 'True' as const, reason: 'Done', message: 'It is done.' } };
const times = (turn: string): number => turned.filter(each => each === turn).length;

it('turns what a start finds at low, and what people change from then on at normal', async () => {
  await kind.create('a', 'one');
  await run(async thing => ({ status: { seen: thing.spec.value }, conditions: ready }));
  await eventually(() => turned.length === 1);
  await kind.want('a', 'two');
  await eventually(() => turned.length === 2);
  await kind.create('b', 'one');
  await eventually(() => turned.length === 3);
  expect(turned).toEqual(['a at low', 'a at normal', 'b at normal']);
});

it('turns what is enqueued at the level it is enqueued at: normal unless told otherwise', async () => {
  await kind.create('a', 'one');
  const frame = await run(async () => ({ conditions: ready }));
  await eventually(() => frame.turns.length === 1);
  frame.controller.enqueue(`${kind.namespace}/a`);
  await eventually(() => frame.turns.length === 2);
  frame.controller.enqueue(`${kind.namespace}/a`, 'low');
  await eventually(() => frame.turns.length === 3);
  expect(turned).toEqual(['a at low', 'a at normal', 'a at low']);
});

it('resyncs at low, also what was changed before', async () => {
  const frame = await run(async () => ({ conditions: ready }), { change: { resyncMs: 300 } });
  await kind.create('a', 'one');
  await eventually(() => frame.turns.length >= 4);
  expect(turned[0]).toBe('a at normal');
  expect(new Set(turned.slice(1))).toEqual(new Set(['a at low']));
});

it('looks again at low once a change is done, and at normal as long as it is not', async () => {
  let left = 3;
  await run(async () => {
    left -= 1;
    return { requeueAfterMs: 50, conditions: left > 0 ? { Ready: { ...ready.Ready, status: 'False' } } : ready };
  });
  await kind.create('a', 'one');
  await eventually(() => turned.length >= 5);
  expect(turned.slice(0, 5)).toEqual(['a at normal', 'a at normal', 'a at normal', 'a at low', 'a at low']);
});

it('goes on at low with what a start began: finalizer, intent and deed, whether the watch is fast or slow', async () => {
  for (const delayMs of [0, 200]) {
    const name = `slow-by-${delayMs}`;
    await kind.create(name, 'one');
    const client = faultyClient(clientOf(cluster));
    client.delayWatches(delayMs);
    const steps: RunningOptions['reconcile'] = async ({ metadata, status }) => {
      if (metadata.name !== name) return {};
      if (!metadata.finalizers?.length) return { finalizers: ['test.awoooi.io/claim'] };
      if (status?.intent === undefined) return { exclusive: true, status: { intent: 'x' }, requeueAfterMs: 0 };
      return { status: { deed: 'x' }, conditions: ready };
    };
    const frame = await run(steps, { client });
    await eventually(async () => (await kind.read(name))?.status?.deed === 'x');
    expect(times(`${name} at low`)).toBeGreaterThanOrEqual(3);
    expect(turned.filter(turn => turn.endsWith('normal'))).toEqual([]);
    await frame.stop();
    running = undefined;
  }
});

it('turns again at normal what was changed at normal and met a conflict', async () => {
  const frame = await run(async thing => {
    if (times('a at normal') === 1) await kind.annotate('a', { at: 'once' });
    return { exclusive: true, status: { seen: thing.spec.value } };
  });
  await kind.create('a', 'one');
  await eventually(() => frame.turns.includes('ok'));
  expect(frame.turns[0]).toBe('conflict');
  expect(new Set(turned)).toEqual(new Set(['a at normal']));
});
