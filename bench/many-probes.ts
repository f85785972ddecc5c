import { readFileSync } from 'node:fs';
import { fixedCredentials } from '../src/kube/credentials.ts';
import { kubeClient } from '../src/kube/transport.ts';
import { collectionPath } from '../src/kube/key.ts';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import { AlertChainProbeSpec } from '../src/crds/alertchainprobe/spec.ts';
import type { AlertChainProbeStatus } from '../src/crds/alertchainprobe/status.ts';
import type { Cluster } from '../test/parts/cluster.ts';
import { eventually } from '../test/parts/eventually.ts';

const CONCURRENCY = 16;
const AT = '2026-01-01T00:00:00Z';

export interface Filling {
  readonly namespace: string;
  readonly hops: number;
  readonly count: number;
}

/**
 * A CRD of the probe's name that takes every shape and judges none: 10,000 objects are there in seconds. What they hold, defaults and
 * status included, is what the real one would hold.
 */
export async function applyShapelessCrd(cluster: Cluster): Promise<void> {
  const { group, version, kind, plural, singular } = ALERT_CHAIN_PROBE;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
  const made = await cluster.request('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { method: 'POST', body });
  if (made.status !== 201) throw new Error(`the CRD was not accepted: ${JSON.stringify(made.body).slice(0, 300)}`);
  await eventually(async () => (await cluster.request(collectionPath(ALERT_CHAIN_PROBE))).status === 200);
}

/** Probes as they look after a day of work: a full status and ten entries of history. */
export async function fillWithProbes(cluster: Cluster, { namespace, hops, count }: Filling): Promise<void> {
  const tls = { ca: readFileSync(cluster.caFile, 'utf8') };
  const client = kubeClient({ credentials: fixedCredentials({ server: cluster.url, token: cluster.adminToken, tls }), userAgent: 'bench' });
  const path = collectionPath(ALERT_CHAIN_PROBE, namespace);
  const probe = { apiVersion: 'awoooi.io/v1alpha1', kind: 'AlertChainProbe', spec: specOf(hops), status: statusOf(hops) };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      await client.request({ method: 'POST', path, body: { ...probe, metadata: { name: `probe-${index}` } } });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  await client.close();
}

function specOf(count: number): AlertChainProbeSpec {
  const alertmanager = {
    urls: ['http://alertmanager-operated.monitoring.svc:9093'],
    receiver: 'awoooi',
    labels: { team: 'platform' },
    routes: [{ labels: { severity: 'critical', team: 'platform' } }, { labels: { severity: 'warning', team: 'platform' } }],
  };
  const telegram = { via: 'Bot', botToken: { name: 'telegram', key: 'token' }, chatId: '-1001234567890' };
  const blocks: readonly object[] = [
    { type: 'Health' },
    { type: 'AlertmanagerWebhook' },
    { type: 'SentryWebhook', sentry: { clientSecret: { name: 'sentry', key: 'clientSecret' } } },
    { type: 'SignozWebhook' },
    { type: 'Telegram', telegram },
    { type: 'Approval' },
    { type: 'AlertmanagerCanary', alertmanager, latencyBudget: '10s' },
    { type: 'SignozCanary', signoz: { secretRef: { name: 'signoz' }, channel: 'awoooi' }, latencyBudget: '5s' },
    { type: 'Watchdog', watchdog: { source: 'alertmanager', maxAge: '3m' } },
  ];
  const auth = { bearerToken: { name: 'api', key: 'token' } };
  return AlertChainProbeSpec.parse({
    schedule: { every: '5m' },
    target: { url: 'http://awoooi-api.awoooi-prod.svc:8000', auth },
    hops: blocks.slice(0, count).map((block, index) => ({ name: `hop-${index}`, ...block })),
  });
}

function statusOf(hops: number): AlertChainProbeStatus {
  const condition = {
    status: 'True',
    reason: 'AllHopsPassed',
    message: `all ${hops} hops passed`,
    observedGeneration: 1,
    lastTransitionTime: AT,
  } as const;
  const history = { trigger: 'Schedule', result: 'Passed', startedAt: AT, finishedAt: AT, failedHops: [] } as const;
  return {
    observedGeneration: 1,
    conditions: [
      { type: 'Ready', ...condition },
      { type: 'ChainHealthy', ...condition },
    ],
    runToken: '',
    hops: Array.from({ length: hops }, (_, index) => ({
      name: `hop-${index}`,
      type: 'Health',
      result: 'Passed' as const,
      message: 'answered 200 in 12 ms',
      latency: '12ms',
      statusCode: 200,
      lastSuccessTime: AT,
    })),
    consecutiveFailures: 0,
    lastRun: { id: 'run-0123456789', trigger: 'Schedule', phase: 'Passed', runToken: '', generation: 1, startedAt: AT, finishedAt: AT },
    nextRunTime: AT,
    history: Array.from({ length: 10 }, (_, index) => ({ id: `run-${index}`, ...history, failedHops: [] })),
    uptime: { '24h': '100.00', '7d': '99.95', '30d': '99.90' },
  };
}
