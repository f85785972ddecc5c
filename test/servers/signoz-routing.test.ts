import { afterEach, beforeEach, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { ruleIn, type SignozCaller, signozCaller } from './signoz-caller.ts';

let signoz: Signoz;
let ask: SignozCaller;

beforeEach(async () => {
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }] });
  ask = signozCaller(signoz);
});
afterEach(() => signoz.stop());

const byPolicy = (channels?: readonly string[]) =>
  postableRule({
    condition: ruleCondition({ thresholds: ruleThresholds([{ channels }]) }),
    notificationSettings: { usePolicy: true },
  });

async function deletionOfChannel(): Promise<unknown> {
  const [, list] = await ask('GET', '/api/v1/channels');
  const id = /"id":"([^"]+)"/.exec(JSON.stringify(list))?.[1];
  return (await ask('DELETE', `/api/v1/channels/${id}`, { key: signoz.adminKey }))[0];
}

it('needs no channel with a policy, but none that does not exist', async () => {
  expect((await ask('POST', '/api/v2/rules', { body: byPolicy() }))[0]).toBe(201);
  const message = 'channels: the following channels do not exist: [nope]';
  expect(await ask('POST', '/api/v2/rules', { body: byPolicy(['nope']) })).toMatchObject([400, { error: { message } }]);
});

it('keeps the routes of a rule that goes over to a policy, and with them its channels, until the rule is gone', async () => {
  const { id } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() }));
  expect((await ask('PUT', `/api/v2/rules/${id}`, { body: byPolicy() }))[0]).toBe(204);
  expect(await deletionOfChannel()).toBe(400);
  await ask('DELETE', `/api/v2/rules/${id}`);
  expect(await deletionOfChannel()).toBe(204);
});

it.each<[string, object]>([
  [
    'a PromQL rule whose selected query is of another type',
    ruleQueries([
      { type: 'promql', spec: { name: 'A', query: 'up' } },
      { type: 'clickhouse_sql', spec: { name: 'B', query: 'SELECT 1' } },
    ]),
  ],
  [
    'SQL without a rule type',
    ruleQueries([{ type: 'clickhouse_sql', spec: { name: 'B', query: 'SELECT 1' } }], { queryType: 'clickhouse_sql' }),
  ],
])('cannot schedule %s', async (_, compositeQuery) => {
  const body = postableRule({ ruleType: '', condition: ruleCondition({ compositeQuery, selectedQueryName: 'B' }) });
  const message = 'error loading rules, previous rule set restored';
  expect(await ask('POST', '/api/v2/rules', { body })).toMatchObject([400, { error: { message } }]);
});

it('knows nobody by their key who brings an Authorization too', async () => {
  const headers = { 'signoz-api-key': signoz.editorKey, authorization: 'Bearer x' };
  expect((await fetch(`${signoz.url}/api/v2/rules`, { headers })).status).toBe(401);
});

it('clears labels that a PATCH says are null, and no others', async () => {
  const { id } = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule() }));
  await ask('PATCH', `/api/v2/rules/${id}`, { body: { labels: {} } });
  expect(ruleIn(await ask('GET', `/api/v2/rules/${id}`))).toMatchObject({ labels: { team: 'platform' } });
  await ask('PATCH', `/api/v2/rules/${id}`, { body: { labels: null } });
  expect(ruleIn(await ask('GET', `/api/v2/rules/${id}`))).not.toHaveProperty('labels');
});
