import { afterEach, beforeAll, expect, it } from 'vitest';
import { clientOf, quiet } from '../../test/builders/kube-frame.ts';
import type { Cluster } from '../../test/parts/cluster.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { sharedControlPlane } from '../../test/parts/shared-control-plane.ts';
import type { Controller } from './controller.ts';
import { LeaseElection } from './lease.ts';
import { isRecord } from './object.ts';
import { runControllers } from './run-controllers.ts';

let cluster: Cluster;
const stops: AbortController[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

interface Stage {
  readonly happened: string[];
  readonly stop: AbortController;
  readonly running: Promise<void>;
  readonly holder: () => Promise<unknown>;
}

async function stage(controllers: (happened: string[]) => readonly Controller[], synced = Promise.resolve()): Promise<Stage> {
  const namespace = await cluster.freshNamespace('run');
  const client = clientOf(cluster);
  const happened: string[] = [];
  const stop = new AbortController();
  stops.push(stop);
  const holder = async (): Promise<unknown> => {
    const { body } = await cluster.request(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/operator`);
    return isRecord(body) && isRecord(body['spec']) ? body['spec']['holderIdentity'] : undefined;
  };
  const running = runControllers({
    election: new LeaseElection({
      client,
      namespace,
      name: 'operator',
      identity: 'me',
      now: () => new Date(),
      random: Math.random,
      metrics: { leading() {}, transition() {}, renewFailure() {} },
      log: quiet,
    }),
    controllers: controllers(happened),
    reflectors: [
      {
        synced,
        async run(signal) {
          await eventually(() => signal.aborted, { withinMs: 60_000 });
          happened.push('reflector stopped');
        },
      },
    ],
    events: { flush: async () => void happened.push(`events flushed while ${String(await holder())} leads`) },
    client: {
      ...client,
      async close() {
        happened.push(`closed while ${String(await holder()) || 'nobody'} leads`);
        await client.close();
      },
    },
    ready: yes => void happened.push(yes ? 'ready' : 'not ready'),
    signal: stop.signal,
    log: quiet,
  });
  return { happened, stop, running, holder };
}

const worker = (happened: string[]): Controller => ({
  name: 'worker',
  async start(signal) {
    happened.push('worker started');
    await eventually(() => signal.aborted, { withinMs: 60_000 });
    happened.push('worker drained');
  },
});

it('starts once synced and leading, and stops in order: the lease goes back after the last worker and before the connections', async () => {
  const { happened, stop, running } = await stage(log => [worker(log)]);
  await eventually(() => happened.includes('worker started'));
  stop.abort();
  await running;
  expect(happened).toEqual([
    'ready',
    'worker started',
    'not ready',
    'reflector stopped',
    'worker drained',
    'events flushed while me leads',
    'not ready',
    'closed while nobody leads',
  ]);
});

it('neither competes nor is ready before the caches are filled, and still stops', async () => {
  const { happened, stop, running, holder } = await stage(log => [worker(log)], new Promise<void>(() => undefined));
  expect(await holder()).toBeUndefined();
  stop.abort();
  await running;
  expect(happened).toEqual(['not ready', 'reflector stopped', 'closed while undefined leads']);
});

it('stops everything when a controller ends by an error, and says which error', async () => {
  const failing: Controller = {
    name: 'failing',
    async start() {
      throw new Error('a bug');
    },
  };
  const { happened, running, holder } = await stage(log => [worker(log), failing]);
  await expect(running).rejects.toThrow('a bug');
  expect(happened).toContain('worker drained');
  expect(await holder()).toBe('');
});
