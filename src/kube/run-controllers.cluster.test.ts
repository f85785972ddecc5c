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
const stages: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
});
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage();
});

interface Stage {
  readonly happened: string[];
  readonly stop: AbortController;
  readonly running: Promise<void>;
  readonly holder: () => Promise<unknown>;
}

async function stage(controllers: (happened: string[]) => readonly Controller[], answered = Promise.resolve()): Promise<Stage> {
  const namespace = await cluster.freshNamespace('run');
  const client = clientOf(cluster);
  const happened: string[] = [];
  const stop = new AbortController();
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
        answered,
        async run(signal) {
          await eventually(() => signal.aborted, { withinMs: 60_000 });
          happened.push('reflector stopped');
        },
      },
    ],
    events: {
      flush: async () => void happened.push(`events flushed while ${String(await holder())} leads`),
      close: () => void happened.push('events closed'),
    },
    ready: yes => void happened.push(yes ? 'ready' : 'not ready'),
    signal: stop.signal,
    log: quiet,
  });
  stages.push(async () => {
    stop.abort();
    await running.catch(() => undefined);
    await client.close();
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

it('starts once synced and leading, and stops in order: the lease goes back after the last worker', async () => {
  const { happened, stop, running, holder } = await stage(log => [worker(log)]);
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
    'events closed',
  ]);
  expect(await holder()).toBe('');
});

it('neither competes nor is ready before the caches are filled, and still stops', async () => {
  const { happened, stop, running, holder } = await stage(log => [worker(log)], new Promise<void>(() => undefined));
  expect(await holder()).toBeUndefined();
  stop.abort();
  await running;
  expect(happened).toEqual(['not ready', 'reflector stopped', 'events closed']);
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
