import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { RULE_FINALIZER, SIGNOZ_ALERT_RULE } from '../src/crds/signozalertrule/kind.ts';
import { markerText, readMarker } from '../src/domain/rule/marker.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import type { Operator } from '../test/parts/operator.ts';
import { applySignozSecret, createRules, type RuleWatch, watchRules } from './alert-rules.ts';
import { apiWrites } from './api-writes.ts';
import { type FarSignoz, startFarSignoz } from './far-signoz.ts';
import { GAP_FLAGS, gapsOf } from './gaps.ts';
import { built, inCluster } from './in-cluster.ts';
import { metricsPage } from './metrics-page.ts';
import { median, quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';
import { rssMiB } from './usage.ts';

const RULES = 10_000;
const INTERVAL_S = 30;
const INTERVALS = 3;
const EDITS = 100;
const BETWEEN_EDITS_MS = 150;
/** V8 gives memory back in its own time. */
const CALM_MS = 15_000;
const SETTLED = { withinMs: 300_000, everyMs: 1_000 };

/**
 * The operator as a cluster runs it, with 10,000 objects whose rules are as asked, compared with SigNoz every 30 s. First for three
 * intervals in which nothing changes. Then it is started anew, so that all have their first turn at once. Then somebody changes every rule
 * in SigNoz, the next list shows it, and while the operator writes them all anew people edit one object after another.
 */
export const manyRules: Bench = {
  name: 'many-rules',
  what: '10,000 alert rules: what they cost while nothing changes, and how long an edit takes while all are written anew',
  takes: '9 minutes',
  run,
};

interface Given {
  readonly client: KubeClient;
  readonly signoz: FarSignoz;
  readonly operator: Operator;
  readonly namespace: string;
  readonly watch: RuleWatch;
}

async function run(keep: Keep): Promise<BenchResult[]> {
  const program = built();
  const stage = await raiseStage(keep);
  const signoz = keep(await startFarSignoz());
  const { client } = stage;
  const namespace = await stage.cluster.freshNamespace('many-rules');
  await applySignozSecret(client, namespace, signoz);
  const env = { ...inCluster(stage, keep), AWOOOI_NAMESPACES: namespace, LOG_LEVEL: 'warn' };
  const operator = await stage.operator({ program, env, nodeFlags: GAP_FLAGS });
  const watch = keep(watchRules(client, namespace, '0'));
  const given = { client, signoz, operator, namespace, watch };
  await fill(given);
  await pause(CALM_MS);
  return [...(await steady(given)), ...(await started(given)), ...(await edited(given))];
}

const nameOf = (index: number): string => `rule-${index}`;

/**
 * The first is applied, and its rule made by the operator. The others are found as an operator finds them that is installed anew: claimed,
 * with rules of the same form in SigNoz.
 */
async function fill({ client, signoz, namespace, watch }: Given): Promise<void> {
  const spec = { resync: `${INTERVAL_S}s` };
  await createRules(client, { namespace, count: 1, nameOf, spec });
  const { status } = await eventually(() => watch.synced.get(nameOf(0)), { withinMs: 60_000 });
  const pattern = z.looseObject({ source: z.string() }).parse(await signoz.bodyOf(status.ruleId ?? ''));
  const marker = readMarker(pattern.source);
  if (!marker) throw new Error(`the operator's rule has no marker: ${pattern.source}`);
  const { clusterId } = marker;
  const others = Array.from({ length: RULES - 1 }, (_, index) => nameOf(index + 1));
  await signoz.seed(others.map(name => ({ ...pattern, alert: name, source: markerText({ clusterId, namespace, name }) })));
  // The second begins once the first is read: only then does the operator know of them all.
  await nextList(signoz);
  await nextList(signoz);
  await createRules(client, { namespace, count: RULES - 1, nameOf: index => nameOf(index + 1), spec, finalizers: [RULE_FINALIZER] });
  await eventually(() => watch.synced.size === RULES, { withinMs: 1_200_000, everyMs: 500 });
}

async function steady({ client, signoz, operator }: Given): Promise<BenchResult[]> {
  const writes = await apiWrites(operator, client);
  await nextList(signoz);
  const from = await signoz.counts();
  await writes.sinceLast();
  await gapsOf(operator);
  // Halfway between two lists: the count is of whole intervals.
  await pause((INTERVALS + 0.5) * INTERVAL_S * 1_000);
  const [to, gaps] = [await signoz.counts(), await gapsOf(operator)];
  const written = await writes.sinceLast();
  await writes.stop();
  return [
    atMost('10,000 rules in a steady state: lists per interval', { value: (to.lists - from.lists) / INTERVALS, unit: '', most: 1 }),
    atMost('10,000 rules in a steady state: writes to SigNoz', { value: to.puts + to.posts - from.puts - from.posts, unit: '', most: 0 }),
    atMost('10,000 rules in a steady state: writes to the API server besides the Lease', { value: written, unit: '', most: 0 }),
    atMost('10,000 rules in a steady state: RSS, peak', {
      value: Math.max(gaps.peakMiB, rssMiB(operator.process().pid)),
      unit: 'MiB',
      most: 350,
    }),
    atMost('10,000 rules in a steady state: longest event-loop block', { value: gaps.blockMs, unit: 'ms', most: 150 }),
    atMost('10,000 rules in a steady state: of which computed by the thread itself', { value: gaps.busyMs, unit: 'ms', most: 150 }),
  ];
}

/** Until all had a first turn, on the object as the API server has it, and those that waited for the first list another one. */
async function started({ signoz, operator }: Given): Promise<BenchResult[]> {
  await operator.restart();
  // While the program is loaded nothing else could run anyhow.
  await gapsOf(operator);
  const name = SIGNOZ_ALERT_RULE.singular;
  await eventually(async () => (await metricsPage(operator.opsUrl))('workqueue_adds_total', { name }) >= RULES, SETTLED);
  await nextList(signoz);
  await eventually(async () => (await metricsPage(operator.opsUrl))('workqueue_depth', { name }) === 0, SETTLED);
  const gaps = await gapsOf(operator);
  return [
    atMost('a start with 10,000 rules in sync: RSS, peak', { value: gaps.peakMiB, unit: 'MiB', most: 350 }),
    atMost('a start with 10,000 rules in sync: longest event-loop block', { value: gaps.blockMs, unit: 'ms', most: 150 }),
    atMost('a start with 10,000 rules in sync: of which computed by the thread itself', { value: gaps.busyMs, unit: 'ms', most: 150 }),
  ];
}

async function nextList(signoz: FarSignoz): Promise<void> {
  const { lists } = await signoz.counts();
  await eventually(async () => (await signoz.counts()).lists > lists, { withinMs: 3 * INTERVAL_S * 1_000, everyMs: 50 });
}

/** From the moment an edit is sent until a watcher sees it Synced, while thousands of writes wait. */
async function edited(given: Given): Promise<BenchResult[]> {
  const { signoz, operator } = given;
  const before = await signoz.counts();
  await signoz.changeAll();
  await eventually(async () => (await signoz.counts()).puts > before.puts + 100, { withinMs: 120_000, everyMs: 50 });
  await gapsOf(operator);
  const tookMs: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    tookMs.push(await oneEdit(given, edit));
    await pause(BETWEEN_EDITS_MS);
  }
  const puts = (await signoz.counts()).puts - before.puts;
  if (puts > RULES * 0.95) throw new Error(`${puts} writes were done before the last edit: it did not meet the others`);
  const gaps = await gapsOf(operator);
  console.log(
    `  ${puts} of ${RULES} written meanwhile; slowest edits ${tookMs
      .toSorted((a, b) => b - a)
      .slice(0, 5)
      .map(Math.round)
      .join(', ')} ms; ` +
      `RSS up to ${gaps.peakMiB.toFixed(0)} MiB, longest block ${gaps.blockMs.toFixed(0)} ms (${gaps.busyMs.toFixed(0)} ms computed)`,
  );
  return [
    atMost('one edit while 10,000 are written anew: until Synced, median', { value: median(tookMs), unit: 'ms', most: 1_000 }),
    atMost('one edit while 10,000 are written anew: until Synced, p99', { value: quantile(tookMs, 0.99), unit: 'ms', most: 1_000 }),
  ];
}

const Edited = z.object({ metadata: z.object({ generation: z.number() }) });
/** A prime: the edits are spread over all objects. */
const STRIDE = 4_099;

async function oneEdit({ client, namespace, watch }: Given, edit: number): Promise<number> {
  const name = nameOf((edit * STRIDE) % RULES);
  const started = performance.now();
  const answer = await client.request({
    method: 'PATCH',
    path: `${collectionPath(SIGNOZ_ALERT_RULE, namespace)}/${name}`,
    patchType: 'application/merge-patch+json',
    body: { spec: { description: `edit ${edit}` } },
  });
  const { generation } = Edited.parse(answer).metadata;
  const seen = (): number | undefined => {
    const synced = watch.synced.get(name);
    return synced && synced.generation >= generation ? synced.atMs : undefined;
  };
  return (await eventually(seen, { withinMs: 120_000, everyMs: 5 })) - started;
}
