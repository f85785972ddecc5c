import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { intakeMetrics } from '../src/telemetry/intake-metrics.ts';
import { metrics } from '../src/telemetry/registry.ts';
import { opsApp } from '../src/webhook/ops.ts';
import { asSender, listening, v4, webhookWorld } from './builders/webhook-world.ts';
import { eventually } from './parts/eventually.ts';
import { pathOf } from './parts/installed.ts';
import { promtoolComplaint, startPrometheus } from './parts/prometheus.ts';

const FOLDER = join(import.meta.dirname, 'fixtures/rules');
const RULES = readFileSync(join(FOLDER, 'awoooi.rules.yml'), 'utf8');
/** A PrometheusRule: of it, Prometheus reads what is in `spec`. */
const CRD = readFileSync(join(FOLDER, 'crd.yml'), 'utf8');
const SPEC = stringify(z.object({ spec: z.unknown() }).parse(parse(CRD)).spec);

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function prometheus(options: Parameters<typeof startPrometheus>[0]): Promise<string> {
  const part = await startPrometheus(options);
  closing.push(() => part.stop());
  return part.url;
}

const Loaded = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string(), state: z.string() })) })) }),
});

async function rulesOf(url: string) {
  const response = await fetch(`${url}/api/v1/rules`, { signal: AbortSignal.timeout(5000) });
  return Loaded.parse(await response.json()).data.groups.flatMap(({ rules }) => rules);
}

describe('the rules', () => {
  it('are right by promtool, of a PrometheusRule its spec', () => {
    expect(promtoolComplaint(RULES)).toBeUndefined();
    expect(promtoolComplaint(SPEC)).toBeUndefined();
    expect(promtoolComplaint(CRD)).toContain('field apiVersion not found');
  });

  it('pass their own tests', () => {
    const { status, stdout } = spawnSync(pathOf('promtool'), ['test', 'rules', 'awoooi.test.yml'], { cwd: FOLDER, encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('load in Prometheus', async () => {
    const url = await prometheus({ rules: RULES.replace('interval: 30s', 'interval: 1s') });
    const names = ['AwoooiAlertChainSilent', 'AwoooiWebhookErrors', 'AwoooiWebhookSlow'];
    await eventually(async () => (await rulesOf(url)).every(({ health }) => health === 'ok'), { withinMs: 20_000 });
    expect((await rulesOf(url)).map(({ name }) => name).toSorted()).toEqual(names);
    expect(await rulesOf(await prometheus({ rules: SPEC }))).toEqual([]);
  });
});

/** The operator's listeners with the operator's metrics, and a Prometheus that scrapes them. */
async function scraped() {
  const page = metrics({ process: false });
  const world = webhookWorld({ metrics: intakeMetrics(page, new Date()) });
  const ops = opsApp({
    readiness: {},
    alive: () => true,
    metrics: async () => {
      const { contentType, pieces } = await page.page();
      return { contentType, body: Readable.from(pieces, { objectMode: false }) };
    },
  });
  await world.app.ready();
  closing.push(
    () => world.app.close(),
    () => ops.close(),
  );
  const target = `127.0.0.1:${await listening(ops)}`;
  const url = await prometheus({ rules: RULES, scrapeConfigs: [{ job_name: 'awoooi', static_configs: [{ targets: [target] }] }] });
  return { ...world, count: (query: string) => seriesOf(url, query) };
}

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** The values of all series that a query finds. */
async function seriesOf(url: string, query: string): Promise<number[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`, { signal: AbortSignal.timeout(5000) });
  return Answer.parse(await response.json()).data.result.map(({ value }) => Number(value[1]));
}

const WEBHOOK = 'path="/api/v1/webhooks/alertmanager"';

it('the series that people alert on are there from the first scrape, and rise with the first refusal', async () => {
  const { app, count } = await scraped();
  await eventually(async () => (await count('up == 1')).length === 1, { withinMs: 20_000 });
  expect(await count(`absent(http_requests_total{${WEBHOOK}})`)).toEqual([]);
  expect(await count(`sum(http_requests_total{${WEBHOOK},status!="200"})`)).toEqual([0]);
  const used = [...new Set(RULES.match(/awoooi_[a-z_]+/g))];
  const found = await Promise.all(used.map(async name => [name, (await count(`count(${name}) > 0`)).length]));
  expect(found).toEqual(used.map(name => [name, 1]));
  await app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', payload: v4({ alertname: 'Disk' }) });
  await app.inject({ method: 'POST', url: '/api/v1/webhooks/alertmanager', headers: asSender, payload: v4({ alertname: 'Disk' }) });
  await eventually(async () => (await count(`sum(http_requests_total{${WEBHOOK},status!="200"})`))[0] === 1, { withinMs: 20_000 });
  expect(await count(`http_requests_total{method="POST",${WEBHOOK},status="200"}`)).toEqual([1]);
});
