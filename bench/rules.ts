import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { SIGNOZ_ALERT_RULE, RULE_FINALIZER } from '../src/crds/signozalertrule/kind.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import type { Operator } from '../test/parts/operator.ts';
import { applySignozSecret, type CreatedRule, createRules, newest, type SyncedRule, watchRules } from './alert-rules.ts';
import { type FarSignoz, startFarSignoz } from './far-signoz.ts';
import { inTurn } from './probes.ts';
import { quantile, median } from './quantile.ts';
import { atLeast, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';

const RULES = 1_000;
const ROUNDS = 3;
/** As many as the controller has workers. */
const PARALLEL = 32;

/**
 * 1,000 objects are created while the operator's process is stopped (SIGSTOP); its rate is counted from the moment it goes on to the last
 * object that a watcher sees Synced. The bare loop makes the same calls for 1,000 objects that nobody looks after: the finalizer, the POST,
 * and the status as the operator wrote it in the round before; as many at a time, over as many connections. Both take turns, after a round
 * that only warms up.
 */
export const rules: Bench = {
  name: 'rules',
  what: '1,000 alert rules applied at once: how fast they are Synced, against a bare loop of the same calls',
  takes: '2 minutes',
  run,
};

interface Given {
  readonly stage: Stage;
  readonly signoz: FarSignoz;
  readonly operator: Operator;
  readonly watched: string;
  readonly bare: string;
}

async function run(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const signoz = keep(await startFarSignoz());
  const [watched, bare] = [await stage.cluster.freshNamespace('watched'), await stage.cluster.freshNamespace('bare')];
  await applySignozSecret(stage.client, watched, signoz);
  // Its lease must outlast the time for which it is stopped.
  const env = { AWOOOI_NAMESPACES: watched, AWOOOI_LEASE_DURATION: '10m', AWOOOI_LEASE_RENEW_DEADLINE: '9m', LOG_LEVEL: 'warn' };
  const operator = await stage.operator({ env });
  const given = { stage, signoz, operator, watched, bare };

  let { synced } = await operatorRound(given, 0, async () => undefined);
  const rates: { operator: number; bare: number }[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = synced;
    let bareRate = Number.NaN;
    const own = await operatorRound(given, round, async () => void (bareRate = await bareRound(given, round, before)));
    synced = own.synced;
    rates.push({ operator: own.rate, bare: bareRate });
  }
  const ratios = rates.map(one => one.operator / one.bare);
  const shown = rates.map(one => `${one.operator.toFixed(0)}/s of ${one.bare.toFixed(0)}/s`).join(', ');
  console.log(`  rounds: ${shown}; the lowest ratio is ${quantile(ratios, 0).toFixed(2)}`);
  return [atLeast('1,000 rules applied at once, as a share of a bare loop', { value: median(ratios), unit: 'x', least: 0.8 })];
}

const many = (namespace: string, round: number) => ({ namespace, count: RULES, nameOf: (index: number) => `round-${round}-${index}` });

/** The rate per second at which objects become Synced, and what they were seen as. */
async function operatorRound(
  { stage: { client }, operator, watched }: Given,
  round: number,
  meanwhile: () => Promise<void>,
): Promise<{ rate: number; synced: readonly SyncedRule[] }> {
  operator.freeze();
  const created = await createRules(client, many(watched, round));
  await meanwhile();
  const started = performance.now();
  operator.thaw();
  const synced = await allSynced({ client, namespace: watched, created });
  return { rate: rateOf(synced, started), synced };
}

interface Awaited {
  readonly client: Stage['client'];
  readonly namespace: string;
  readonly created: readonly CreatedRule[];
}

async function allSynced({ client, namespace, created }: Awaited): Promise<readonly SyncedRule[]> {
  const watch = watchRules(client, namespace, newest(created));
  const within = { withinMs: 180_000, everyMs: 20 };
  try {
    await eventually(() => created.every(({ name }) => watch.synced.has(name)), within);
  } finally {
    await watch.stop();
  }
  return created.flatMap(({ name }) => watch.synced.get(name) ?? []);
}

/** The same calls with nothing between: the operator's identity, and as many connections as it has workers. */
async function bareRound({ stage, signoz, bare }: Given, round: number, before: readonly SyncedRule[]): Promise<number> {
  const { cluster, client, token } = stage;
  const created = await createRules(client, many(bare, round));
  const pattern = await signoz.bodyOf(before[0]?.status.ruleId ?? '');
  const api = new Pool(cluster.url, { connections: PARALLEL, connect: { ca: readFileSync(cluster.caFile, 'utf8') } });
  const far = new Pool(signoz.url, { connections: PARALLEL });
  const ask = asker(api, { authorization: `Bearer ${token}`, accept: 'application/json' });
  const askSignoz = asker(far, { 'SIGNOZ-API-KEY': signoz.editorKey });
  const started = performance.now();
  const seen = allSynced({ client, namespace: bare, created });
  await inTurn(created.length, PARALLEL, async index => {
    const { name } = created[index] ?? missing(index);
    const { status } = before[index] ?? missing(index);
    const path = `${collectionPath(SIGNOZ_ALERT_RULE, bare)}/${name}`;
    const claim = [{ op: 'add', path: '/metadata/finalizers', value: [RULE_FINALIZER] }];
    await ask('PATCH', `${path}?fieldManager=awoooi-operator`, { type: 'application/json-patch+json', body: claim });
    const body = { ...pattern, alert: name, source: `bench://${bare}/${name}` };
    await askSignoz('POST', '/api/v2/rules', { type: 'application/json', body });
    const { group, version, kind } = SIGNOZ_ALERT_RULE;
    await ask('PATCH', `${path}/status?fieldManager=awoooi-operator&force=true`, {
      type: 'application/apply-patch+yaml',
      body: { apiVersion: `${group}/${version}`, kind, metadata: { name, namespace: bare }, status },
    });
  });
  const rate = rateOf(await seen, started);
  await Promise.all([api.close(), far.close()]);
  return rate;
}

type Ask = (method: 'PATCH' | 'POST', path: string, sent: { readonly type: string; readonly body: unknown }) => Promise<void>;

function asker(pool: Pool, headers: Readonly<Record<string, string>>): Ask {
  return async (method, path, { type, body }) => {
    const answer = await pool.request({ method, path, headers: { ...headers, 'content-type': type }, body: JSON.stringify(body) });
    const text = await answer.body.text();
    if (answer.statusCode > 299) throw new Error(`the bare loop was answered ${answer.statusCode}: ${text.slice(0, 200)}`);
  };
}

function rateOf(synced: readonly SyncedRule[], startedMs: number): number {
  return (synced.length * 1_000) / (Math.max(...synced.map(({ atMs }) => atMs)) - startedMs);
}

function missing(index: number): never {
  throw new Error(`there is no rule ${index}`);
}
