import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { register } from 'prom-client';
import { expect, it } from 'vitest';
import { pathOf } from '../../test/parts/installed.ts';
import { controllerMetrics } from './controller-metrics.ts';
import { DELIVERY_OUTCOMES, deliveryMetrics } from './delivery-metrics.ts';
import { analysisMetrics } from './analysis-metrics.ts';
import { ALERT_SOURCES, ALERT_STATUSES, intakeMetrics } from './intake-metrics.ts';
import { learningMetrics, OUTCOME_RESULTS, OUTCOME_SOURCES } from './learning-metrics.ts';
import { kubeMetrics } from './kube-metrics.ts';
import { probeMetrics } from './probe-metrics.ts';
import { playbookMetrics } from './playbook-metrics.ts';
import { ruleMetrics } from './rule-metrics.ts';
import { repairMetrics } from './repair-metrics.ts';
import { redisMetrics, redisUpGauge } from './redis-metrics.ts';
import { type Metrics, metrics } from './registry.ts';

const startedAt = new Date('2026-01-01T00:00:00Z');

async function textOf(page: Metrics): Promise<string> {
  return text((await page.page()).pieces);
}

/** The page of an operator with everything in it. */
function everything({ process = true } = {}) {
  const page = metrics({ process });
  const intake = intakeMetrics(page, startedAt);
  const kube = kubeMetrics(page);
  const controller = controllerMetrics(page)('alertchainprobe');
  const reflector = kube.reflector('alertchainprobes');
  const redisUp = redisUpGauge(page);
  const redis = redisMetrics(page);
  const delivery = deliveryMetrics(page, ['telegram', 'webhook']);
  analysisMetrics(page);
  ruleMetrics(page);
  repairMetrics(page, { phases: ['Running', 'Failed'], ended: ['Failed'] });
  playbookMetrics(page);
  const probes = probeMetrics(page);
  probes.register('prod', 'a"b\\c', ['api']);
  const learning = learningMetrics(page);
  return { page, intake, kube, controller, reflector, redisUp, redis, delivery, learning, probes };
}

it('says for how long a cache has heard nothing of the API server, from the start of the process where it never has', async () => {
  const { page, reflector } = everything({ process: false });
  let heardAt: number | undefined;
  reflector.heardOf(() => heardAt);
  const silence = async (): Promise<number> => Number(/reflector_silence_seconds\{.*\} (.*)/.exec(await textOf(page))?.[1]);
  expect(await silence()).toBeGreaterThan(0);
  heardAt = performance.now() - 3_600_000;
  expect(await silence()).toBeGreaterThanOrEqual(3_600);
});

it('passes promtool check metrics', async () => {
  const { page, intake, kube, controller, reflector } = everything();
  intake.request('POST', '/api/v1/webhooks/alertmanager', 200);
  kube.call({ verb: 'GET', status: 200, seconds: 0.1 });
  kube.call({ verb: 'WATCH', fault: 'Unreachable', seconds: 1 });
  controller.turn('ok', 0.1);
  reflector.failed('Timeout');
  reflector.heardOf(() => undefined);
  const text = await textOf(page);
  const { status, stdout, stderr } = spawnSync(pathOf('promtool'), ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect({ status, told: `${stdout}${stderr}` }).toEqual({ status: 0, told: '' });
});

it('answers as Prometheus asks, and leaves the global registry of prom-client empty', async () => {
  const { page } = everything();
  expect((await page.page()).contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(register.getMetricsAsArray()).toEqual([]);
});

it('has the series of the intake from the start, at 0, with the process start as the last alert', async () => {
  const text = await textOf(everything({ process: false }).page);
  for (const source of ALERT_SOURCES) {
    for (const status of ALERT_STATUSES) expect(text).toContain(`awoooi_alerts_received_total{source="${source}",status="${status}"} 0\n`);
    expect(text).toContain(`awoooi_webhook_latency_seconds_count{webhook_type="${source}"} 0\n`);
  }
  for (const name of ['awoooi_last_alert_received_timestamp', 'awoooi_last_alert_received_timestamp_seconds']) {
    expect(text).toContain(`${name} ${startedAt.getTime() / 1000}\n`);
  }
  for (const bound of ['0.1', '0.5', '1', '2', '5', '10', '30']) {
    expect(text).toContain(`awoooi_webhook_latency_seconds_bucket{le="${bound}",webhook_type="signoz"} 0\n`);
  }
});

it('has the series of deliveries, learning, catching up and Redis from the start, at 0', async () => {
  const text = await textOf(everything({ process: false }).page);
  for (const channel of ['telegram', 'webhook']) {
    for (const outcome of DELIVERY_OUTCOMES)
      expect(text).toContain(`awoooi_deliveries_total{channel="${channel}",outcome="${outcome}"} 0\n`);
    expect(text).toContain(`awoooi_delivery_duration_seconds_count{channel="${channel}"} 0\n`);
    expect(text).toContain(`awoooi_channel_blocked{channel="${channel}"} 0\n`);
  }
  for (const result of OUTCOME_RESULTS) {
    for (const source of OUTCOME_SOURCES) expect(text).toContain(`awoooi_repair_outcomes_total{result="${result}",source="${source}"} 0\n`);
  }
  for (const line of [
    'awoooi_outbox_waiting 0',
    'awoooi_outbox_oldest_timestamp_seconds 0',
    'awoooi_dead_letters 0',
    'awoooi_catch_ups_total{source="sentry",result="failed"} 0',
    'awoooi_truncated_webhooks_total{source="alertmanager"} 0',
    'awoooi_truncated_webhooks_total{source="signoz"} 0',
    'awoooi_redis_errors_total{command="evalsha"} 0',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

it('names every metric in docs/metrics.md, and none that is gone', async () => {
  const documented = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8').matchAll(/^\| `([a-z_]+)` \| ([a-z]+) \|/gm);
  const text = await textOf(everything({ process: false }).page);
  const present = text.matchAll(/^# TYPE ([a-z_]+) ([a-z]+)$/gm);
  expect(sortedPairs(documented)).toEqual(sortedPairs(present));
});

it('counts what it is told', async () => {
  const { page, intake, kube, controller, reflector, redisUp, redis, delivery, learning } = everything({ process: false });
  intake.received('alertmanager', 'accepted', 3);
  intake.received('signoz', 'drill');
  intake.webhook('alertmanager', 0.02);
  intake.request('GET', '/api/v1/health', 200);
  intake.lastReceived(new Date('2026-01-01T01:00:00Z'));
  kube.call({ verb: 'PATCH', status: 409, fault: 'Conflict', seconds: 0.01 });
  kube.lease.leading(true);
  controller.queue.depth(7);
  controller.queue.latency(0.5);
  controller.queue.retry();
  controller.queue.overdue();
  controller.turn('fault', 2);
  controller.statusWrite('written');
  reflector.listed({ objects: 12, tookMs: 5 });
  redisUp(true);
  redis.command('evalsha', 0.002);
  redis.failed('evalsha');
  delivery.outcome('webhook', 'dead');
  learning.outcome('repeated', 'run');
  delivery.took('webhook', 0.2);
  delivery.open('telegram', true);
  delivery.catchUp('alertmanager', 'succeeded');
  delivery.truncated('alertmanager');
  delivery.depth({ waiting: 3, dead: 2, oldest: new Date('2026-01-01T01:00:00Z') });
  const text = await textOf(page);
  for (const line of [
    'awoooi_alerts_received_total{source="alertmanager",status="accepted"} 3',
    'awoooi_alerts_received_total{source="signoz",status="drill"} 1',
    'awoooi_webhook_latency_seconds_bucket{le="0.025",webhook_type="alertmanager"} 1',
    'http_requests_total{method="GET",path="/api/v1/health",status="200"} 1',
    'awoooi_last_alert_received_timestamp 1767229200',
    'awoooi_kube_requests_total{verb="PATCH",status="409",fault="Conflict"} 1',
    'awoooi_leader 1',
    'workqueue_depth{name="alertchainprobe"} 7',
    'workqueue_adds_total{name="alertchainprobe"} 1',
    'workqueue_retries_total{name="alertchainprobe"} 1',
    'awoooi_workqueue_overdue_total{name="alertchainprobe"} 1',
    'awoooi_reconcile_total{controller="alertchainprobe",result="fault"} 1',
    'awoooi_status_writes_total{controller="alertchainprobe",result="written"} 1',
    'awoooi_reflector_objects{resource="alertchainprobes"} 12',
    'awoooi_redis_up 1',
    'awoooi_redis_command_duration_seconds_bucket{le="0.0025",command="evalsha"} 1',
    'awoooi_redis_errors_total{command="evalsha"} 1',
    'awoooi_deliveries_total{channel="webhook",outcome="dead"} 1',
    'awoooi_channel_blocked{channel="telegram"} 1',
    'awoooi_delivery_duration_seconds_bucket{le="0.25",channel="webhook"} 1',
    'awoooi_catch_ups_total{source="alertmanager",result="succeeded"} 1',
    'awoooi_truncated_webhooks_total{source="alertmanager"} 1',
    'awoooi_outbox_waiting 3',
    'awoooi_outbox_oldest_timestamp_seconds 1767229200',
    'awoooi_dead_letters 2',
    'awoooi_repair_outcomes_total{result="repeated",source="run"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});

function sortedPairs(found: Iterable<RegExpMatchArray>): string[] {
  return [...found].map(([, name, type]) => `${name} ${type}`).toSorted();
}

it('writes a page of many probes piece by piece, and lets others have a turn in between', async () => {
  const { page, probes } = everything({ process: false });
  for (let index = 0; index < 500; index += 1) probes.register('prod', `probe-${index}`, ['api']);
  const { pieces } = await page.page();
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 0);
  const lengths: number[] = [];
  for await (const piece of pieces) lengths.push(piece.length);
  clearInterval(clock);
  expect(Math.max(...lengths)).toBeLessThan(70_000);
  expect(lengths.length).toBeGreaterThan(10);
  expect(turns).toBeGreaterThan(1);
});
