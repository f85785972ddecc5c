import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import { AlertChainProbeStatus } from '../src/crds/alertchainprobe/status.ts';
import { durationMs } from '../src/crds/duration.ts';
import { NONCE_LABEL } from '../src/domain/drills/marker.ts';
import { collectionPath } from '../src/kube/key.ts';
import { alertmanagerConfig } from '../demo/alertmanager-config.ts';
import { startAlertmanager } from '../test/parts/alertmanager.ts';
import { eventually } from '../test/parts/eventually.ts';
import type { Received } from '../test/servers/http-server.ts';
import { metricsPage } from './metrics-page.ts';
import { createProbes } from './probes.ts';
import { median, quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';
import { startWayPoint } from './way-point.ts';

const RUNS = 300;
const WARM_UP = 20;

/**
 * Two operators and one Alertmanager 0.33 without a group wait. The leader sends the canaries; they come back to the other replica. Two way
 * points on the loopback see them pass: the alert on its way into Alertmanager, and the webhook on its way out.
 *
 * The operator's own share of a round trip is the hop's latency as the status has it (from the alert made ready to the leader that knows of
 * its return) less the time from the alert's passing in to the webhook's passing out: all that is not Alertmanager, the way points' own
 * cost included. From the return to the waiting leader: from the webhook's passing out to the leader's next request, with which it resolves
 * the canary.
 */
export const canary: Bench = {
  name: 'canary',
  what: `${RUNS} canaries through a real Alertmanager and back to another replica: the operator’s own share of the time`,
  takes: '2.5 minutes',
  run,
};

/** The moments of one canary, on performance.now(). */
interface Passage {
  sentMs?: number;
  backMs?: number;
  resolvedMs?: number;
}

async function run(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const passages = new Map<string, Passage>();
  const apiPoint = await startWayPoint(keep, (request, atMs) => outbound(passages, request, atMs));
  const webhookPoint = await startWayPoint(keep, (request, atMs) => inbound(passages, request, atMs));
  const config = alertmanagerConfig({ operatorPort: webhookPoint.port, webhookToken: stage.webhookToken });
  apiPoint.leadTo(keep(await startAlertmanager({ version: '0.33', config })).url);

  const leader = await stage.operator({ env: { LOG_LEVEL: 'warn' } });
  await eventually(async () => (await metricsPage(leader.opsUrl))('awoooi_leader') === 1, { withinMs: 30_000 });
  webhookPoint.leadTo((await stage.operator({ env: { LOG_LEVEL: 'warn' } })).url);

  const namespace = await stage.cluster.freshNamespace('canary');
  const alertmanager = { urls: [apiPoint.url], receiver: 'awoooi' };
  const hops = [{ name: 'paging', type: 'AlertmanagerCanary', alertmanager, latencyBudget: '10s' }];
  const specOf = () => ({ schedule: { every: '168h' }, timeout: '30s', hops });
  await createProbes(stage.client, { namespace, count: 1, specOf });

  const seen = (await trips({ stage, namespace, passages })).slice(WARM_UP);
  const shares = seen.map(({ latencyMs, sentMs, backMs }) => latencyMs - (backMs - sentMs));
  const wakes = seen.map(({ backMs, resolvedMs }) => resolvedMs - backMs);
  console.log(`  whole round trips: median ${median(seen.map(({ latencyMs }) => latencyMs)).toFixed(0)} ms`);
  return [
    atMost('the operator’s own share of a round trip, median', { value: median(shares), unit: 'ms', most: 20 }),
    atMost('from the return at the webhook to the waiting leader, p99', { value: quantile(wakes, 0.99), unit: 'ms', most: 50 }),
    atMost('from the return at the webhook to the waiting leader, median', { value: median(wakes), unit: 'ms', most: 50 }),
  ];
}

interface Trip extends Required<Passage> {
  readonly latencyMs: number;
}

const Watched = z.object({ metadata: z.object({ name: z.string() }), status: AlertChainProbeStatus.default({}) });

/** One run after another, each asked for by a new runToken. */
async function trips({
  stage: { client },
  namespace,
  passages,
}: {
  stage: Stage;
  namespace: string;
  passages: Map<string, Passage>;
}): Promise<Trip[]> {
  const path = collectionPath(ALERT_CHAIN_PROBE, namespace);
  const watch = client.watch({ path, query: {}, idleMs: 60_000, signal: AbortSignal.timeout(240_000) })[Symbol.asyncIterator]();
  const found: Trip[] = [];
  for (let done = 0; done < RUNS; done += 1) {
    const runToken = randomUUID();
    passages.clear();
    await client.request({
      method: 'PATCH',
      path: `${path}/probe-0`,
      patchType: 'application/merge-patch+json',
      body: { spec: { runToken } },
    });
    const latencyMs = await latencyOf(watch, runToken);
    const [passage] = [...passages.values()].filter(({ sentMs, backMs, resolvedMs }) => sentMs && backMs && resolvedMs);
    const { sentMs, backMs, resolvedMs } = passage ?? {};
    if (sentMs === undefined || backMs === undefined || resolvedMs === undefined) throw new Error('a canary passed a way point unseen');
    found.push({ latencyMs, sentMs, backMs, resolvedMs });
  }
  await watch.return?.();
  return found;
}

async function latencyOf(watch: AsyncIterator<{ readonly object: unknown }>, runToken: string): Promise<number> {
  for (;;) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error('the watch ended before the run did');
    const { status } = Watched.parse(value.object);
    if (status.runToken !== runToken) continue;
    const [hop] = status.hops ?? [];
    if (hop?.result !== 'Passed' || hop.latency === undefined)
      throw new Error(`the canary did not come back: ${hop?.cause} ${hop?.message}`);
    return durationMs(hop.latency);
  }
}

const Posted = z.array(z.object({ labels: z.record(z.string(), z.string()) }));
const Notified = z.object({ alerts: z.array(z.object({ status: z.string(), labels: z.record(z.string(), z.string()) })) });

/** The first post of a nonce sends it, the second resolves it. */
function outbound(passages: Map<string, Passage>, { method, body }: Received, atMs: number): void {
  if (method !== 'POST') return;
  for (const { labels } of Posted.parse(JSON.parse(body))) {
    const nonce = labels[NONCE_LABEL] ?? '';
    const passage = passages.get(nonce);
    if (passage) passage.resolvedMs ??= atMs;
    else passages.set(nonce, { sentMs: atMs });
  }
}

function inbound(passages: Map<string, Passage>, { body }: Received, atMs: number): void {
  for (const { status, labels } of Notified.parse(JSON.parse(body)).alerts) {
    const passage = passages.get(labels[NONCE_LABEL] ?? '');
    if (passage && status === 'firing') passage.backMs ??= atMs;
  }
}
