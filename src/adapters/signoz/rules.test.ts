import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import { anyCall, CREDENTIAL, NOBODY, NOW, type SignozRulesWorld, signozRulesWorld } from '../../../test/builders/signoz-rules-world.ts';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { signozRules } from './rules.ts';

let world: SignozRulesWorld;

beforeAll(async () => {
  world = await signozRulesWorld();
});
afterEach(() => world.signoz.mend());
afterAll(() => world.stop());

const { signal } = new AbortController();

describe('a rule', () => {
  it('is created, read, replaced and removed', async () => {
    const id = await world.created();
    const by = 'rules-operator@signozserviceaccount.com';
    const at = NOW.toISOString();
    const rule = await world.found(id);
    expect(rule).toEqual({
      id,
      state: 'inactive',
      disabled: false,
      createdAt: at,
      updatedAt: at,
      updatedBy: by,
      body: {
        ...postableRule({ disabled: false, notificationSettings: { usePolicy: false } }),
        condition: expect.objectContaining({ selectedQueryName: 'A' }),
      },
    });
    expect(await world.rules.replace(world.connection, { id, body: { ...rule.body, alert: 'renamed' } }, signal)).toBe('replaced');
    expect((await world.found(id)).body).toEqual({ ...rule.body, alert: 'renamed' });
    expect(await world.rules.remove(world.connection, id, signal)).toBe('removed');
    expect(await world.rules.get(world.connection, id, signal)).toEqual({ is: 'gone' });
    expect(await world.rules.replace(world.connection, { id, body: rule.body }, signal)).toBe('gone');
    expect(await world.rules.remove(world.connection, id, signal)).toBe('gone');
  });

  it('is asked for with the key in its own header, JSON and no Authorization, below the path of the connection', async () => {
    await world.rules.replace({ ...world.connection, url: `${world.signoz.url}//` }, { id: NOBODY, body: postableRule() }, signal);
    const { method, path, headers, body } = world.signoz.requests.at(-1) ?? {};
    expect([method, path]).toEqual(['PUT', `/signoz/api/v2/rules/${NOBODY}`]);
    expect(headers).toMatchObject({ 'signoz-api-key': world.signoz.editorKey, 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('authorization');
    expect(JSON.parse(body ?? '')).toEqual(postableRule());
  });

  it('that nobody can read any more is stored all the same', async () => {
    const id = world.signoz.storeRaw(JSON.stringify(postableRule({ evaluation: { kind: 'lunar' } })));
    const message = 'failed to parse json: unknown evaluation kind';
    expect(await world.rules.get(world.connection, id, signal)).toEqual({ is: 'unreadable', message });
    expect((await world.listed()).map(rule => rule.id)).not.toContain(id);
    expect(await world.rules.remove(world.connection, id, signal)).toBe('removed');
  });

  it('that SigNoz could not load reads as disabled', async () => {
    const id = await world.created();
    world.signoz.unload(id);
    expect(await world.found(id)).toMatchObject({ state: 'disabled', disabled: true });
  });

  it('of a planned maintenance is not removed, and it is said why', async () => {
    const id = await world.created();
    world.signoz.planMaintenance([id]);
    expect(await world.failure(world.rules.remove(world.connection, id, signal))).toMatchObject({
      fault: 'rejected',
      statusCode: 409,
      message: expect.stringContaining('remove the rule from the planned maintenance first'),
    });
  });

  it.each(['', 'test', '..', '1', `${NOBODY}/..`])('is not asked for by what is no id: %j', async id => {
    const before = world.signoz.requests.length;
    for (const call of [
      () => world.rules.get(world.connection, id, signal),
      () => world.rules.replace(world.connection, { id, body: postableRule() }, signal),
      () => world.rules.remove(world.connection, id, signal),
    ]) {
      expect(await world.failure(call())).toMatchObject({
        fault: 'rejected',
        message: expect.stringContaining('is no id of a SigNoz rule'),
      });
    }
    expect(world.signoz.requests.length).toBe(before);
  });

  it('is reached over TLS with the connection’s CA', async () => {
    const secure = await startHttpServer({ handle: () => ({ status: 200, body: { status: 'success', data: [] } }), tls: serverTls() });
    expect(await world.listed({ ...world.connection, url: secure.url, caBundle: pem('ca') })).toEqual([]);
    expect(await world.failure(world.listed({ ...world.connection, url: secure.url }))).toMatchObject({
      fault: 'unreachable',
      detail: 'tls',
    });
    await secure.stop();
  });
});

describe('an answer that is lost', () => {
  it.each(anyCall)('is `unreachable`: %s', async (_, call) => {
    world.signoz.breakWith({ is: 'reset' });
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault: 'unreachable', detail: 'reset' });
    await world.signoz.refuse();
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault: 'unreachable', detail: 'refused' });
    await world.signoz.accept();
  });

  it('after the rule was stored leaves it stored, and nothing is tried again', async () => {
    const source = 'awoooi://lost';
    world.signoz.breakWith({ is: 'drop-answer' });
    expect(await world.failure(world.created({ source }))).toMatchObject({ fault: 'unreachable' });
    world.signoz.mend();
    const [rule, ...more] = (await world.listed()).filter(({ body }) => body['source'] === source);
    if (!rule) throw new Error('it is not stored');
    expect(more).toEqual([]);
    for (const [call, gone] of [
      [() => world.rules.replace(world.connection, { id: rule.id, body: postableRule({ alert: 'lost', source }) }, signal), false],
      [() => world.rules.remove(world.connection, rule.id, signal), true],
    ] as const) {
      world.signoz.breakWith({ is: 'drop-answer' });
      expect(await world.failure(call())).toMatchObject({ fault: 'unreachable' });
      world.signoz.mend();
      const now = await world.rules.get(world.connection, rule.id, signal);
      expect(now).toMatchObject(gone ? { is: 'gone' } : { is: 'found', rule: { body: { alert: 'lost' } } });
    }
  });

  it.each<[number, unknown, Readonly<Record<string, string>>]>([
    [201, '{"status":"success","data":{"id":', { 'content-type': 'application/json' }],
    [200, '{"status":"success","data":{"id":', { 'content-type': 'application/json' }],
    [201, '<html>done</html>', { 'content-type': 'text/html' }],
    [201, { status: 'success', data: {} }, {}],
    [201, { status: 'success', data: { id: '' } }, {}],
    [201, { data: { id: NOBODY } }, {}],
    [204, undefined, {}],
  ])('in a success that says no id is `malformed`: nobody knows whether there is a new rule (%i %j)', async (status, body, headers) => {
    world.answer(status, body, headers);
    expect(await world.failure(world.created())).toMatchObject({ fault: 'malformed', statusCode: status });
  });

  it('does not reach whoever gave up waiting for it', async () => {
    world.signoz.breakWith({ is: 'hang' });
    const giveUp = new AbortController();
    const calling = world.failure(world.rules.get(world.connection, NOBODY, giveUp.signal));
    giveUp.abort();
    expect(await calling).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });

  it.each(anyCall)('for its length is `malformed`: %s', async (_, call) => {
    world.signoz.breakWith({ is: 'huge', bytes: 70_000_000 });
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault: 'malformed', detail: 'too-large' });
  });

  it.each([
    { status: 'success', data: { id: NOBODY.replace('0', '1'), alert: 'x' } },
    { status: 'success', data: { alert: 'x' } },
    { status: 'success', data: [] },
    { status: 'success' },
    { data: { id: NOBODY } },
    [],
  ])('and another one came: %j', async body => {
    world.answer(200, body);
    expect(await world.failure(world.rules.get(world.connection, NOBODY, signal))).toMatchObject({ fault: 'malformed' });
  });
});

describe('a test', () => {
  it('has labels to write into, and says how many alerts there were', async () => {
    const { labels: _labels, ...unlabelled } = postableRule({ ruleType: 'threshold_rule' });
    expect(await world.rules.test(world.connection, unlabelled, signal)).toBe(1);
    expect(JSON.parse(world.signoz.requests.at(-1)?.body ?? '')).toEqual({ ...unlabelled, labels: {} });
    await world.rules.test(world.connection, { ...unlabelled, labels: null }, signal);
    expect(JSON.parse(world.signoz.requests.at(-1)?.body ?? '')).toMatchObject({ labels: {} });
    await world.rules.test(world.connection, postableRule(), signal);
    expect(JSON.parse(world.signoz.requests.at(-1)?.body ?? '')).toEqual(postableRule());
  });

  it('of a rule that SigNoz refuses is refused', async () => {
    expect(await world.failure(world.rules.test(world.connection, postableRule({ alert: '' }), signal))).toMatchObject({
      fault: 'rejected',
      message: expect.stringContaining('alert: field is required'),
    });
  });

  it('without a number is `malformed`', async () => {
    world.answer(200, { status: 'success', data: { message: 'notification sent' } });
    expect(await world.failure(world.rules.test(world.connection, postableRule(), signal))).toMatchObject({ fault: 'malformed' });
  });
});

it('is given as long as SigNoz takes before it gives up by itself', async () => {
  const deadlines: unknown[] = [];
  const watched: OutgoingClient = {
    ...world.client,
    send: request => {
      deadlines.push(request.deadlineMs);
      return world.client.send(request);
    },
  };
  const rules = signozRules(watched, () => NOW);
  for (const [, call] of anyCall) await call(rules, world.connection);
  expect(deadlines).toEqual([35_000, 35_000, 35_000, 35_000, 35_000, 65_000, 35_000]);
});

describe('names of channels', () => {
  it('are all that is said of them', async () => {
    expect(await world.rules.channelNames(world.connection, signal)).toEqual(['ops-hook', 'second']);
  });

  it.each<[string, unknown, Readonly<Record<string, string>>]>([
    ['cut', `{"status":"success","data":[{"name":"x","data":"${CREDENTIAL}`, { 'content-type': 'application/json' }],
    ['under another name', `{"status":"success","data":[{"data":"${CREDENTIAL}"}]}`, { 'content-type': 'application/json' }],
    ['as text', `{"status":"success","data":"${CREDENTIAL}"}`, {}],
    ['as another API would', { items: [{ password: CREDENTIAL }] }, {}],
  ])('bring no credential into an error: %s', async (_, body, headers) => {
    world.signoz.breakWith({ is: 'answer', reply: { status: 200, body, headers } }, ({ path }) => path.endsWith('/channels'));
    expect(await world.failure(world.rules.channelNames(world.connection, signal))).toMatchObject({ fault: expect.any(String) });
  });
});
