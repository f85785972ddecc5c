import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { ALERT_CHAIN_PROBE } from '../src/crds/alertchainprobe/kind.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import { startTarget } from '../test/servers/target.ts';
import type { Operator } from '../test/parts/operator.ts';
import { type FirstStatus, firstStatuses } from './first-statuses.ts';
import { CONCURRENCY, type CreatedProbe, createProbes, forEachOf, listProbes } from './probes.ts';
import { quantile, median } from './quantile.ts';
import { atLeast, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';

const PROBES = 1_000;
const ROUNDS = 3;

/**
 * 1,000 probes are created while the operator's process is stopped (SIGSTOP), so that it finds all of them at once; its rate is counted
 * from the moment it goes on (SIGCONT) to the last first status that a watcher sees. The bare loop sends the same statuses, as the operator
 * wrote them in the round before, to 1,000 probes that nobody looks after, 16 at a time, and is counted by the same watcher. What the
 * operator does besides (decide, run the chains that are due, write their results and events) is in its time. Both take turns, after a
 * round that only warms up.
 */
export const runtime: Bench = {
  name: 'runtime',
  what: '1,000 probes created at once: how fast they get their first status, against a bare loop of the same status applies',
  takes: '2 minutes',
  run,
};

interface Round {
  readonly stage: Stage;
  readonly operator: Operator;
  readonly watched: string;
  readonly bare: string;
  readonly targetUrl: string;
}

async function run(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const target = keep(await startTarget());
  const [watched, bare] = [await stage.cluster.freshNamespace('watched'), await stage.cluster.freshNamespace('bare')];
  // Its lease must outlast the time for which it is stopped.
  const env = { AWOOOI_NAMESPACES: watched, AWOOOI_LEASE_DURATION: '10m', AWOOOI_LEASE_RENEW_DEADLINE: '9m', LOG_LEVEL: 'warn' };
  const operator = await stage.operator({ env });
  const given = { stage, operator, watched, bare, targetUrl: target.url };

  let { statuses } = await operatorRound(given, { round: 0, meanwhile: async () => undefined });
  const rates: { operator: number; bare: number }[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const bodies = statuses;
    let bareRate = Number.NaN;
    const own = await operatorRound(given, { round, meanwhile: async () => void (bareRate = await bareRound(given, round, bodies)) });
    statuses = own.statuses;
    rates.push({ operator: own.rate, bare: bareRate });
  }
  const ratio = median(rates.map(({ operator, bare }) => operator / bare));
  const worst = quantile(
    rates.map(({ operator, bare }) => operator / bare),
    0,
  );
  const shown = rates.map(({ operator, bare }) => `${operator.toFixed(0)}/s of ${bare.toFixed(0)}/s`).join(', ');
  console.log(`  rounds: ${shown}; the lowest ratio is ${worst.toFixed(2)}`);
  return [atLeast('first statuses of 1,000 probes, as a share of a bare loop', { value: ratio, unit: 'x', least: 0.7 })];
}

/** The rate per second of the operator's first statuses, and these statuses. */
async function operatorRound(
  { stage: { client }, operator, watched, targetUrl }: Round,
  { round, meanwhile }: { round: number; meanwhile: () => Promise<void> },
): Promise<{ rate: number; statuses: readonly FirstStatus[] }> {
  operator.freeze();
  const created = await createProbes(client, many(watched, round, targetUrl));
  await meanwhile();
  const seen = firstStatuses(client, { namespace: watched, resourceVersion: newest(created), names: namesOf(created) });
  const started = performance.now();
  operator.thaw();
  const statuses = [...(await seen).values()];
  // What it has to do for these probes besides must not run into the next round.
  await settled(client, watched);
  return { rate: rateOf(statuses, started), statuses };
}

/** The rate per second of the same statuses, sent by nothing but a loop: the operator's identity, as many connections as it has workers. */
async function bareRound(given: Round, round: number, bodies: readonly FirstStatus[]): Promise<number> {
  const { cluster, client, token } = given.stage;
  const created = await createProbes(client, many(given.bare, round, given.targetUrl));
  const seen = firstStatuses(client, { namespace: given.bare, resourceVersion: newest(created), names: namesOf(created) });
  const pool = new Pool(cluster.url, { connections: CONCURRENCY, connect: { ca: readFileSync(cluster.caFile, 'utf8') } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml', accept: 'application/json' };
  const started = performance.now();
  await forEachOf(created.length, async index => {
    const { name, resourceVersion } = created[index] ?? missing(index);
    const { status } = bodies[index] ?? missing(index);
    const path = `${collectionPath(ALERT_CHAIN_PROBE, given.bare)}/${name}/status?fieldManager=awoooi-operator&force=true`;
    const metadata = { name, namespace: given.bare, resourceVersion };
    const body = JSON.stringify({ apiVersion: 'awoooi.io/v1alpha1', kind: ALERT_CHAIN_PROBE.kind, metadata, status });
    const answer = await pool.request({ method: 'PATCH', path, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the bare loop was answered ${answer.statusCode}: ${text.slice(0, 200)}`);
  });
  const rate = rateOf([...(await seen).values()], started);
  await pool.close();
  return rate;
}

function many(namespace: string, round: number, targetUrl: string) {
  const spec = { schedule: { every: '168h' }, target: { url: targetUrl }, hops: [{ name: 'health', type: 'Health' }] };
  return { namespace, count: PROBES, nameOf: (index: number) => `round-${round}-${index}`, specOf: () => spec };
}

async function settled(client: KubeClient, namespace: string): Promise<void> {
  const ended = async (): Promise<boolean> =>
    (await listProbes(client, namespace)).items.every(({ status }) => status.lastRun?.phase === 'Passed');
  await eventually(ended, { withinMs: 120_000, everyMs: 1_000 });
}

function rateOf(statuses: readonly FirstStatus[], startedMs: number): number {
  return (statuses.length * 1_000) / (Math.max(...statuses.map(({ atMs }) => atMs)) - startedMs);
}

function newest(created: readonly CreatedProbe[]): string {
  return String(Math.max(...created.map(({ resourceVersion }) => Number(resourceVersion))));
}

const namesOf = (created: readonly CreatedProbe[]): ReadonlySet<string> => new Set(created.map(({ name }) => name));

function missing(index: number): never {
  throw new Error(`there is no probe ${index}`);
}
