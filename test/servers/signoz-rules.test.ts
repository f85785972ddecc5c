import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../builders/signoz-rule.ts';
import { type Signoz, startSignoz } from './signoz.ts';
import { ruleIn, rulesIn, type SignozCaller, signozCaller } from './signoz-caller.ts';

const NEVER = '0001-01-01T00:00:00Z';
const NOBODY = '0198c0de-0000-7000-8000-000000000000';
const hook = { name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] };

let signoz: Signoz;
let ask: SignozCaller;

beforeEach(async () => {
  const keys = { v: 'viewer', e: 'editor', a: 'admin' } as const;
  signoz = await startSignoz({ channels: [hook, { ...hook, name: 'other' }], keys });
  ask = signozCaller({ url: signoz.url, editorKey: 'e' });
});
afterEach(() => signoz.stop());

async function posted(over: object = {}): Promise<string> {
  return ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule(over) })).id;
}

const got = async (id: string) => ruleIn(await ask('GET', `/api/v2/rules/${id}`));
const thresholdsIn = (rule: unknown): string[] =>
  [...JSON.stringify(rule).matchAll(/"name":"(critical|worse)"/g)].map(([, name = '']) => name);
const refused = (message: unknown, errors: readonly string[] = []) => ({
  status: 'error',
  error: {
    type: 'invalid-input',
    code: 'invalid_input',
    message,
    errors: errors.map(each => ({ message: each, suggestions: [] })),
    suggestions: [],
  },
});

describe('a write', () => {
  it('answers a POST without state, times and names, and the read has them', async () => {
    const [status, body] = await ask('POST', '/api/v2/rules', { body: postableRule({ id: NOBODY, summary: 'not a field' }) });
    expect([status, body]).toMatchObject([201, { status: 'success' }]);
    const rule = ruleIn([status, body]);
    expect(rule).toMatchObject({ state: '', createdAt: NEVER, updatedAt: NEVER, createdBy: '', updatedBy: '' });
    expect(rule.id).not.toBe(NOBODY);
    const by = 'rules-operator@signozserviceaccount.com';
    expect(await got(rule.id)).toMatchObject({ state: 'inactive', createdBy: by, updatedBy: by, createdAt: expect.stringMatching(/^20/) });
    expect(await got(rule.id)).not.toHaveProperty('summary');
  });

  it('answers PUT and DELETE 204 without a body, keeps who made it, and knows no second DELETE', async () => {
    const id = await posted();
    const { createdAt, createdBy } = await got(id);
    expect(await ask('PUT', `/api/v2/rules/${id}`, { key: 'a', body: postableRule({ alert: 'renamed', labels: {} }) })).toEqual([204, '']);
    const after = await got(id);
    expect(after).toMatchObject({ alert: 'renamed', createdAt, createdBy, updatedBy: 'platform@signozserviceaccount.com' });
    expect(after).not.toHaveProperty('labels');
    expect(await ask('DELETE', `/api/v2/rules/${id}`)).toEqual([204, '']);
    const again = await ask('DELETE', `/api/v2/rules/${id}`);
    expect(again).toMatchObject([404, { error: { type: 'not-found', code: 'not_found', message: `rule with ID: ${id} does not exist` } }]);
  });

  it('never refuses a second rule of the same name and source, and lists in no order', async () => {
    const ids = [await posted(), await posted(), await posted()];
    const lists = [await ask('GET', '/api/v2/rules'), await ask('GET', '/api/v2/rules')].map(list => rulesIn(list).map(({ id }) => id));
    for (const list of lists) expect(list.toSorted()).toEqual(ids.toSorted());
    expect(lists[0]).not.toEqual(lists[1]);
  });

  it('keeps the source to the character through PATCH, and a PUT without it clears it', async () => {
    const id = await posted({ source: ' awoooi://ä ' });
    await ask('PATCH', `/api/v2/rules/${id}`, { body: { disabled: true } });
    expect(await got(id)).toMatchObject({ source: ' awoooi://ä ' });
    expect(rulesIn(await ask('GET', '/api/v2/rules'))[0]).toMatchObject({ source: ' awoooi://ä ' });
    const { source: _source, ...without } = postableRule();
    await ask('PUT', `/api/v2/rules/${id}`, { body: without });
    expect(await got(id)).not.toHaveProperty('source');
  });

  it('shows thresholds in the order of their targets after POST and PATCH, and as stored otherwise', async () => {
    const condition = ruleCondition({ thresholds: ruleThresholds([{ target: 1 }, { name: 'worse', target: 5 }]) });
    const answer = ruleIn(await ask('POST', '/api/v2/rules', { body: postableRule({ condition }) }));
    expect(thresholdsIn(answer)).toEqual(['worse', 'critical']);
    expect(thresholdsIn(await got(answer.id))).toEqual(['critical', 'worse']);
    await ask('PATCH', `/api/v2/rules/${answer.id}`, { body: {} });
    expect(thresholdsIn(await got(answer.id))).toEqual(['worse', 'critical']);
  });
});

describe('a PATCH', () => {
  it('merges maps, replaces lists, drops what null names, and answers without names and times', async () => {
    const id = await posted({ notificationSettings: { groupBy: ['a', 'b'] }, unknown: 1 });
    const patch = { labels: { zone: 'x' }, annotations: null, alert: null, notificationSettings: { groupBy: ['c'] } };
    const [status, body] = await ask('PATCH', `/api/v2/rules/${id}`, { body: patch });
    expect(ruleIn([status, body])).toMatchObject({ id, state: '', createdAt: NEVER, updatedBy: '' });
    const after = await got(id);
    expect(after).toMatchObject({
      labels: { team: 'platform', zone: 'x' },
      alert: 'api error rate',
      notificationSettings: { groupBy: ['c'], usePolicy: false },
    });
    expect(after).not.toHaveProperty('annotations');
  });

  it('is held to the same rules as a PUT', async () => {
    const id = await posted();
    expect(await ask('PATCH', `/api/v2/rules/${id}`, { body: { alert: '' } })).toEqual([
      400,
      refused('alert rule is not valid', ['alert: field is required']),
    ]);
  });
});

describe('a disabled rule', () => {
  it('that is posted runs until it is put, patched or started again', async () => {
    const [put, patch, started] = [await posted({ disabled: true }), await posted({ disabled: true }), await posted({ disabled: true })];
    expect(await got(put)).toMatchObject({ disabled: true, state: 'inactive' });
    await ask('PUT', `/api/v2/rules/${put}`, { body: postableRule({ disabled: true }) });
    await ask('PATCH', `/api/v2/rules/${patch}`, { body: { disabled: true } });
    for (const id of [put, patch]) expect(await got(id)).toMatchObject({ disabled: true, state: 'disabled' });
    signoz.restart();
    expect(await got(started)).toMatchObject({ state: 'disabled' });
    await ask('PATCH', `/api/v2/rules/${patch}`, { body: { disabled: false } });
    expect(await got(patch)).toMatchObject({ disabled: false, state: 'inactive' });
  });

  it('is what any rule reads as whose evaluator is gone, until a PUT', async () => {
    const id = await posted();
    signoz.unload(id);
    expect(await got(id)).toMatchObject({ disabled: true, state: 'disabled' });
    await ask('PUT', `/api/v2/rules/${id}`, { body: postableRule() });
    expect(await got(id)).toMatchObject({ disabled: false, state: 'inactive' });
  });
});

it('leaves a stored rule that nobody can read any more out of the list, and answers 400 for it', async () => {
  const [bad, good] = [signoz.storeRaw(JSON.stringify(postableRule({ evaluation: { kind: 'lunar' } }))), await posted()];
  expect(rulesIn(await ask('GET', '/api/v2/rules')).map(({ id }) => id)).toEqual([good]);
  expect(await ask('GET', `/api/v2/rules/${bad}`)).toEqual([400, refused('failed to parse json: unknown evaluation kind')]);
});

it('deletes no rule of a planned maintenance, and no channel that a rule sends to', async () => {
  const id = await posted();
  signoz.planMaintenance([id]);
  expect(await ask('DELETE', `/api/v2/rules/${id}`)).toMatchObject([409, { error: { type: 'already-exists', code: 'already_exists' } }]);
  const channel = /"id":"([^"]+)"[^{]*"name":"ops-hook"/.exec(JSON.stringify(await ask('GET', '/api/v1/channels')))?.[1];
  const used = `channel "ops-hook" cannot be deleted because it is used by the following routing policies: [${id}]`;
  expect(await ask('DELETE', `/api/v1/channels/${channel}`, { key: 'a' })).toEqual([400, refused(used)]);
});

it('lets viewers read, editors write, and nobody in without a key', async () => {
  const id = await posted();
  const needs = 'only editors/admins can access this resource';
  for (const [method, path] of [
    ['POST', ''],
    ['PUT', `/${id}`],
    ['PATCH', `/${id}`],
    ['DELETE', `/${id}`],
    ['POST', '/test'],
  ] as const) {
    const answer = await ask(method, `/api/v2/rules${path}`, { key: 'v', body: postableRule() });
    expect(answer).toMatchObject([403, { error: { type: 'forbidden', code: 'authz_forbidden', message: needs } }]);
  }
  expect((await ask('GET', '/api/v2/rules', { key: 'v' }))[0]).toBe(200);
  for (const path of ['/api/v2/rules', '/api/v1/rules']) {
    expect(await ask('GET', path, { key: 'x' })).toMatchObject([401, { error: { type: 'unauthenticated', code: 'unauthenticated' } }]);
  }
});

describe('the v1 view of the same store', () => {
  it('answers 200 always, with one level more and other names', async () => {
    const made = await ask('POST', '/api/v1/rules', { body: postableRule() });
    expect(made).toMatchObject([200, { data: { createAt: NEVER, createBy: null, updateBy: null } }]);
    const { id } = ruleIn(made);
    expect(await ask('GET', '/api/v1/rules')).toMatchObject([
      200,
      { data: { rules: [{ id, state: 'inactive', createBy: expect.any(String) }] } },
    ]);
    expect(await ask('PUT', `/api/v1/rules/${id}`, { body: postableRule() })).toEqual([
      200,
      { status: 'success', data: 'rule successfully edited' },
    ]);
    expect(await got(id)).toMatchObject({ id });
    const deleted = { status: 'success', data: 'rule successfully deleted' };
    expect(await ask('DELETE', `/api/v1/rules/${id}`)).toEqual([200, deleted]);
  });

  it('says less of an error, in a string', async () => {
    expect(await ask('POST', '/api/v1/rules', { body: postableRule({ alert: '' }) })).toEqual([
      400,
      { status: 'error', errorType: 'bad_data', error: 'alert rule is not valid' },
    ]);
    expect(await ask('GET', `/api/v1/rules/${NOBODY}`)).toEqual([
      404,
      { status: 'error', errorType: 'not_found', error: 'rule not found' },
    ]);
    expect(await ask('POST', '/api/v1/rules', { body: '{' })).toMatchObject([500, { errorType: 'internal' }]);
  });
});

describe('an old version', () => {
  it.each([
    [true, [200, expect.stringContaining('<!doctype html>')]],
    [false, [404, '404 page not found\n']],
  ] as const)('has no v2 rules (web UI: %s), but v1', async (webUi, answer) => {
    const old = await startSignoz({ version: 'v0.119.0', webUi, channels: [hook] });
    const askOld = signozCaller(old);
    for (const method of ['GET', 'POST']) {
      expect(await askOld(method, '/api/v2/rules', { ...(method === 'POST' && { body: postableRule() }) })).toEqual(answer);
    }
    expect((await askOld('POST', '/api/v1/rules', { body: postableRule() }))[0]).toBe(200);
    expect(await askOld('GET', '/api/v1/version', { key: '' })).toMatchObject([200, { version: 'v0.119.0' }]);
    await old.stop();
  });
});

it('says how it is to anybody, and without the base path too', async () => {
  const below = await startSignoz({ basePath: '/signoz' });
  const root = new URL(below.url).origin;
  for (const path of ['/api/v1/health', '/api/v2/healthz', '/api/v2/readyz', '/api/v2/livez']) {
    for (const url of [root, below.url]) expect((await fetch(url + path)).headers.get('content-type')).toContain('json');
  }
  expect(await (await fetch(`${root}/api/v1/version`)).text()).toContain('<!doctype html>');
  await below.stop();
});

it('refuses a condition with queries of another kind than its rule, and says no more', async () => {
  const query = { type: 'clickhouse_sql', spec: { name: 'A', query: 'SELECT 1' } };
  const condition = ruleCondition({ compositeQuery: ruleQueries([query]) });
  const body = postableRule({ condition });
  expect(await ask('POST', '/api/v2/rules', { body })).toEqual([400, refused('error loading rules, previous rule set restored')]);
  expect(await ask('PUT', `/api/v2/rules/${await posted()}`, { body })).toEqual([
    400,
    refused('error preparing rule with given parameters, previous rule set restored'),
  ]);
});
