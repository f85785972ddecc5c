import { expect, it } from 'vitest';
import { lasting, quiet } from '../../../test/builders/kube-frame.ts';
import { PlaybookBench } from '../../../test/builders/playbook-bench.ts';
import { ran } from '../../../test/builders/playbook-record.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { type StoredRepairPlaybook, storedRepairPlaybook } from '../../crds/repairplaybook/stored.ts';
import type { KubeClient, KubeRequest } from '../../kube/client.ts';
import { objectStore } from '../../kube/store.ts';
import { controllerMetrics } from '../../telemetry/controller-metrics.ts';
import { metrics } from '../../telemetry/registry.ts';
import { playbookController } from './controller.ts';

const PLAYBOOKS = 10_000;

it('10,000 playbooks at rest cost no write, two reads of the store each, and no look at totals of their own', async () => {
  const bench = new PlaybookBench();
  bench.runs = ran(9, true);
  await bench.turn();
  bench.reads = 0;
  bench.wait(600);

  const cache = objectStore<StoredRepairPlaybook>();
  for (let n = 0; n < PLAYBOOKS; n += 1) {
    const metadata = { ...bench.playbook.metadata, name: `restart-${n}`, uid: `u-${n}`, resourceVersion: '7' };
    cache.put(`shop/restart-${n}`, { object: { ...bench.playbook, metadata }, resourceVersion: '7' });
  }
  const asked: KubeRequest[] = [];
  const client: KubeClient = {
    async request(request) {
      asked.push(request);
      return { metadata: { resourceVersion: '1' } };
    },
    async *watch() {},
    close: async () => {},
  };
  const turned: string[] = [];
  const written: string[] = [];
  const series = controllerMetrics(metrics({ process: false }))('repairplaybook');
  const controller = playbookController({
    ...bench.deps,
    frame: {
      client,
      cache,
      parse: storedRepairPlaybook,
      events: { emit: (_, { reason }) => void written.push(reason) },
      fieldManager: 'awoooi-operator',
      metrics: { ...series, turn: result => void turned.push(result), statusWrite: result => void written.push(result) },
      log: quiet,
      now: () => bench.now,
      random: Math.random,
    },
  });
  const stop = new AbortController();
  const leadership = lasting();
  const running = controller.start(stop.signal, leadership);
  await eventually(() => turned.length === PLAYBOOKS, { withinMs: 60_000 });
  stop.abort();
  await running;
  leadership.end('the test is over');

  expect(new Set(turned)).toEqual(new Set(['ok']));
  expect(new Set(written)).toEqual(new Set(['unchanged']));
  expect(asked.map(({ method }) => method)).toEqual(['GET']);
  expect(bench.reads).toBe(2 * PLAYBOOKS);
});
