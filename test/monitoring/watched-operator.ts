import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type IncidentStage, raiseIncidentStage, tellingEnv } from '../e2e/incident-stage.ts';
import { probe } from '../e2e/stage.ts';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startPrometheus } from '../parts/prometheus.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, signozSecret } from '../e2e/rule-stage.ts';
import { monitoringBlocks } from './monitoring-page.ts';
import { shippedAlerts } from './rule-pack.ts';

export const PROBE = 'paging';
export const RULE = 'api-errors';

const PLAYBOOK = {
  apiVersion: 'awoooi.io/v1alpha1',
  kind: 'RepairPlaybook',
  metadata: { name: 'restart-api' },
  spec: {
    match: { alertname: 'ApiSlow' },
    rootCause: 'The connection pool leaks.',
    steps: [{ action: 'restart_pod', target: { kind: 'Deployment', name: 'api' } }],
  },
};

/** Two replicas that have done some work, and a Prometheus that scrapes them and evaluates the shipped alerts. */
export interface Watched {
  readonly world: IncidentStage;
  readonly operators: readonly Operator[];
  readonly prometheus: Part;
  /** What the probe's Health hop asks. */
  readonly target: { is(status: number): void };
  stop(): Promise<void>;
}

/** Told of each part as it is there, so that none is left where a later one fails. */
type Keep = <T extends { stop(): Promise<void> }>(part: T) => T;

export async function watchedOperator(): Promise<Watched> {
  const parts: { stop(): Promise<void> }[] = [];
  const keep: Keep = part => (parts.push(part), part);
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    return { ...(await raised(keep)), stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

async function raised(keep: Keep): Promise<Omit<Watched, 'stop'>> {
  let status = 200;
  const target = keep(await startHttpServer({ handle: () => ({ status, body: '{"status":"ok"}' }) }));
  const world = keep(await raiseIncidentStage('watched'));
  const { stage, redis, telegram, hooks, alertmanager } = world;
  const signoz = keep(await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: hooks.url }] }] }));
  const env = { ...tellingEnv({ telegram, hooks }), AWOOOI_ALERTMANAGER_URLS: alertmanager.url };
  const second = keep(await startOperator(stage.operator(redis.url, env)));
  const operators = [world.operator, second];
  const prometheus = keep(
    await startPrometheus({ rules: impatient(), scrapeConfigs: scrapeConfigs(operators), alertmanagers: [alertmanager.url] }),
  );
  await work(world, { signoz, target });
  return { world, operators, prometheus, target: { is: next => void (status = next) } };
}

/** The shipped alerts without their waiting times: what they say of a moment shows at once. */
function impatient(): string {
  const rules = shippedAlerts().map(({ alert, expr, labels, annotations }) => ({ alert, expr, labels, annotations }));
  return stringify({ groups: [{ name: 'shipped', rules }] });
}

const ScrapeConfigs = z.object({ scrape_configs: z.array(z.looseObject({ dns_sd_configs: z.unknown() })).length(1) });

/** As docs/monitoring.md has it, but for where the replicas are. */
function scrapeConfigs(operators: readonly Operator[]): unknown[] {
  const block = monitoringBlocks('yaml').find(text => text.startsWith('scrape_configs:')) ?? '';
  const targets = operators.map(({ opsUrl }) => new URL(opsUrl).host);
  const [config] = ScrapeConfigs.parse(parse(block)).scrape_configs;
  const rest = Object.entries(config ?? {}).filter(([name]) => name !== 'dns_sd_configs');
  return [{ ...Object.fromEntries(rest), static_configs: [{ targets }] }];
}

/** A run of a probe, a rule in SigNoz, an incident with a card, and a Watchdog. */
async function work(world: IncidentStage, { signoz, target }: { signoz: Signoz; target: HttpServer }): Promise<void> {
  const { stage } = world;
  const spec = {
    schedule: { every: '1s' },
    timeout: '1s',
    failureThreshold: 1,
    target: { url: target.url },
    hops: [{ name: 'api', type: 'Health' }],
  };
  await stage.apply(probe(PROBE, spec), signozSecret(signoz), alertRule(RULE), PLAYBOOK);
  await stage.kubectl('wait', '--for=condition=Ready', `acp/${PROBE}`, `sar/${RULE}`, '--timeout=60s');
  await send(world, 'Watchdog', 'none');
  await send(world, 'Disk', 'critical');
  await world.card(await world.incident('Disk'), /Disk/);
}

async function send({ operator, stage }: IncidentStage, alertname: string, severity: string): Promise<void> {
  const alerts = [{ status: 'firing', labels: { alertname, severity }, annotations: {}, startsAt: new Date().toISOString() }];
  const headers = { authorization: `Bearer ${stage.webhookToken}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ version: '4', status: 'firing', receiver: 'awoooi', alerts });
  await eventually(async () => (await fetch(`${operator.url}/api/v1/webhooks/alertmanager`, { method: 'POST', headers, body })).ok);
}
