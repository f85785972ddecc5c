import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, signozSecret, signozView } from './rule-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

const parts: Pick<Part, 'stop'>[] = [];
let plane: ControlPlane;
let signoz: Signoz;
let east: Stage;
let west: Stage;

/** Two clusters with one SigNoz, and in both a namespace of the same name. They tell themselves apart by what they are, not by a setting. */
beforeAll(async () => {
  const [redis, first] = await Promise.all([startRedis(), raiseStage('rule-clusters')]);
  [plane, signoz] = await Promise.all([
    startControlPlane(),
    startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }),
  ]);
  east = first;
  west = await raiseStage('rule-clusters', { cluster: { ...plane, freshNamespace: () => namespaceLikeThat(first.namespace) } });
  for (const stage of [east, west]) await stage.apply(signozSecret(signoz));
  const operators = await Promise.all([east, west].map(stage => startOperator(stage.operator(redis.url))));
  parts.push(redis, plane, signoz, ...operators);
});
afterAll(async () => {
  for (const part of parts.toReversed()) await part.stop();
});

async function namespaceLikeThat(name: string): Promise<string> {
  await plane.request('/api/v1/namespaces', { method: 'POST', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } });
  return name;
}

async function made(stage: Stage, name: string, spec: object = {}): Promise<string> {
  await stage.apply(alertRule(name, spec));
  return (await rulesOn(stage).synced(name)).status.ruleId ?? '';
}

it('keeps a rule for each of two objects of one namespace and name, and neither cluster touches that of the other', async () => {
  expect(west.namespace).toBe(east.namespace);
  const [here, there] = await Promise.all([made(east, 'errors'), made(west, 'errors', { resync: '10s' })]);
  expect(here).not.toBe(there);
  const theirs = await signozView(signoz).one(there);
  await rulesOn(east).patch('errors', { description: 'changed in the east' });
  await rulesOn(east).synced('errors');
  await east.kubectl('delete', 'sar', 'errors');
  await rulesOn(east).gone('errors');
  expect(signoz.rules().map(({ id }) => id)).toEqual([there]);
  expect(await signozView(signoz).one(there)).toEqual(theirs);
});

it('puts a drift right in the cluster whose rule it is, and there alone', async () => {
  const [here, there] = [await made(east, 'drifting', { resync: '10s' }), await made(west, 'drifting', { resync: '10s' })];
  signoz.editAs('ann@example.com', there, shown => ({ ...shown, description: 'hers' }));
  await rulesOn(west).eventually('drifting', 'DriftCorrected');
  const puts = signozView(signoz)
    .writes()
    .filter(({ method }) => method === 'PUT')
    .map(({ path }) => path.split('/').at(-1));
  expect([puts.includes(there), puts.includes(here)]).toEqual([true, false]);
});

it.each([
  ['by its id', 'by-id', (ruleId: string) => ({ policy: 'ById', ruleId })],
  ['by its name', 'by-name', () => ({ policy: 'ByName' })],
])('gives no rule of one cluster to the other, asked for %s', async (_, name, adoption) => {
  const there = await made(west, `theirs-${name}`, { name: `wanted ${name}` });
  const before = await signozView(signoz).one(there);
  await east.apply(alertRule(`thief-${name}`, { name: `wanted ${name}`, adoption: adoption(there) }));
  const rule = await rulesOn(east).until(`thief-${name}`, shown =>
    ['AdoptionRefused', 'Synced'].includes(rulesOn(east).condition(shown, 'Ready')?.reason ?? ''),
  );
  expect(rule.status.ruleId).not.toBe(there);
  expect(await signozView(signoz).one(there)).toEqual(before);
});
