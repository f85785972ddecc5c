import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { alertChainProbe, type ProbeParts } from '../../../test/builders/alert-chain-probe.ts';
import { lasting, quiet } from '../../../test/builders/kube-frame.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { storedAlertChainProbe, type StoredAlertChainProbe } from '../../crds/alertchainprobe/stored.ts';
import type { KubeClient } from '../../kube/client.ts';
import { objectStore } from '../../kube/store.ts';
import { controllerMetrics } from '../../telemetry/controller-metrics.ts';
import { probeMetrics } from '../../telemetry/probe-metrics.ts';
import { metrics } from '../../telemetry/registry.ts';
import { probeController } from './controller.ts';

const now = (): Date => new Date();

/** The controller over one probe whose status is taken whatever it says. */
function world(parts: ProbeParts = {}) {
  const probe = alertChainProbe(parts);
  const cache = objectStore<StoredAlertChainProbe>();
  cache.put('prod/production', { object: probe, resourceVersion: '7' });
  const client: KubeClient = {
    request: async () => ({ ...probe, metadata: { ...probe.metadata, resourceVersion: '8' } }),
    async *watch() {},
    close: async () => {},
  };
  const page = metrics({ process: false });
  const controller = probeController({
    runChain: async () => ({ startedAt: now(), finishedAt: now(), hops: [{ name: 'api', type: 'Health', result: 'Passed', message: '' }] }),
    announcer: { announce: async () => ({ is: 'sent' }), heartbeat: async () => ({ is: 'sent' }) },
    rollouts: { completed: async () => undefined },
    metrics: probeMetrics(page),
    newRunId: () => 'run-1',
    now,
    maxConcurrentRuns: 1,
    frame: {
      client,
      cache,
      parse: storedAlertChainProbe,
      events: { emit() {} },
      fieldManager: 'awoooi-operator',
      metrics: controllerMetrics(page)('alertchainprobe'),
      log: quiet,
      now,
      random: Math.random,
    },
  });
  const series = async (): Promise<string> => text((await page.page()).pieces);
  return { controller, series, shown: async () => (await series()).includes('probe="production"') };
}

it('shows series of probes only while it leads: another knows better afterwards, and would never take them away here', async () => {
  const { controller, shown } = world();
  const leadership = lasting();
  const ended = controller.start(new AbortController().signal, leadership);
  await eventually(shown);
  leadership.end('lost');
  await ended;
  expect(await shown()).toBe(false);
});

it('shows of a probe whose spec is not valid that nothing is known of its chain', async () => {
  const { controller, series, shown } = world({ spec: { schedule: { cron: '0 0 31 2-2 *' } } });
  const leadership = lasting();
  const ended = controller.start(new AbortController().signal, leadership);
  await eventually(shown);
  expect(await series()).toContain('awoooi_probe_chain_healthy{namespace="prod",probe="production"} -1\n');
  expect(await series()).not.toContain('hop=');
  leadership.end('lost');
  await ended;
});
