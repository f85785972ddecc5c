import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import { AlertChainProbeSpec } from '../src/crds/alertchainprobe/spec.ts';
import { fixedCredentials } from '../src/kube/credentials.ts';
import type { RawObject } from '../src/kube/object.ts';
import { reflectNamespaces } from '../src/kube/reflectors.ts';
import { objectStore } from '../src/kube/store.ts';
import { kubeClient } from '../src/kube/transport.ts';
import { gapMeter, rssMiB } from './gap-meter.ts';

/** What the measured process is told, and what it prints once it holds every object. */
const Task = z.object({ url: z.string(), caFile: z.string(), token: z.string(), namespace: z.string() });
export const Report = z.object({
  objects: z.number(),
  listMs: z.number(),
  longestBlockMs: z.number(),
  longestBusyMs: z.number(),
  peakRssMiB: z.number(),
  restRssMiB: z.number(),
  importsRssMiB: z.number(),
});
export type Report = z.infer<typeof Report>;

const REST_MS = 10_000;

/** The packages that the operator holds in memory beside its reflectors. */
const PACKAGES = ['fastify', '@fastify/swagger', 'fastify-type-provider-zod', 'ioredis', 'pino', 'prom-client', 'croner', 'commander'];

async function measure(task: z.infer<typeof Task>): Promise<Report> {
  const held = [await Promise.all(PACKAGES.map(name => import(name))), AlertChainProbeSpec];
  const importsRssMiB = rssMiB();
  const tls = { ca: readFileSync(task.caFile, 'utf8') };
  const client = kubeClient({ credentials: fixedCredentials({ server: task.url, token: task.token, tls }), userAgent: 'bench' });
  const store = objectStore<RawObject>();
  const queued = new Set<string>();
  store.subscribe(key => queued.add(key));
  const meter = gapMeter();
  const facts = { objects: 0, listMs: 0 };
  const ended = new AbortController();
  const reflectors = reflectNamespaces({
    client,
    resource: ALERT_CHAIN_PROBE,
    namespaces: [task.namespace],
    store,
    keep: object => object,
    observer: {
      listed: ({ objects, tookMs }) => Object.assign(facts, { objects, listMs: tookMs }),
      watching: () => undefined,
      failed: (reason, message) => console.error(reason, message),
    },
  });
  const running = reflectors.run(ended.signal);
  await reflectors.synced;
  const blocks = { longestBlockMs: meter.longestBlockMs(), longestBusyMs: meter.longestBusyMs() };
  await pause(REST_MS);
  const report = { ...facts, ...blocks, peakRssMiB: meter.peakRssMiB(), restRssMiB: rssMiB(), importsRssMiB };
  meter.stop();
  ended.abort();
  await running;
  await client.close();
  if (held.length === 0 || store.size !== queued.size) throw new Error('the store lost objects');
  return report;
}

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.env['BENCH_TASK'] ?? ''));
  console.log(`REPORT ${JSON.stringify(await measure(task))}`);
}
