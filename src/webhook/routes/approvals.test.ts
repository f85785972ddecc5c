import { afterAll, describe, expect, it } from 'vitest';
import { repairDesk, runOf } from '../../../test/builders/repair-desk.ts';
import { PLAYBOOK_HASH, playbookOf } from '../../../test/builders/known-playbook.ts';
import { runSpec } from '../../../test/builders/waiting-run.ts';
import { API_TOKEN, asCaller, CREDENTIALS, listening, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { hopWorld, tryHop } from '../../../test/chain/world.ts';
import { memoryDrillApprovals } from '../../adapters/memory/drill-approvals.ts';
import { approval } from '../../chain/approval.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import type { TokenReviewer } from '../../domain/ports/token-reviewer.ts';

const PATH = '/api/v1/approvals';
const A = 'rr-aaaaaaaaaaaa';
const at = new Date('2026-11-26T10:00:05Z');
const asMei = { authorization: 'Bearer mei' };
const asOmar = { authorization: 'Bearer omar' };
const asKate = { authorization: 'Bearer kate' };

/** mei and omar may call the API, kate may not; mei and kate hold the verb approve in namespace shop. */
const reviewer: TokenReviewer = {
  async review(token, access) {
    if (!['mei', 'omar', 'kate'].includes(token)) return { is: 'unknown' };
    if ('path' in access) return { is: token === 'kate' ? 'forbidden' : 'allowed', username: token };
    const right = `${access.verb} ${access.resource}.${access.group} ${access.namespace}/${access.name}`;
    const may = token !== 'omar' && right === 'approve repairruns.awoooi.io shop/run-aaaaaaaaaaaa';
    return { is: may ? 'allowed' : 'forbidden', username: token };
  },
};

const wanted = (name: string) => ({ namespace: 'shop', name, playbook: 'restart-checkout', spec: runSpec() });

/** One run that waits, and whatever else stands beside it. */
function worldOf({ spec = {}, status = {} }: { spec?: object; status?: RepairRunStatus } = {}) {
  const desk = repairDesk([playbookOf('restart-checkout')]);
  const asked = { ...wanted('run-aaaaaaaaaaaa'), spec: runSpec({ playbookHash: PLAYBOOK_HASH, ...spec }) };
  const run = runOf(asked, { requestedAt: at.toISOString(), ...status });
  desk.runs.set('shop/run-aaaaaaaaaaaa', run);
  const approvals = { objects: desk.objects, drills: memoryDrillApprovals({ now: () => new Date() }) };
  const world = webhookWorld({ approvals, tokenReviewer: reviewer, now: () => at });
  const get = (url: string, headers: object = asCaller) => world.app.inject({ url: `${PATH}${url}`, headers: { ...headers } });
  const post = (url: string, headers: object = asCaller, payload?: object) =>
    world.app.inject({ method: 'POST', url: `${PATH}${url}`, headers: { ...headers }, ...(payload && { payload }) });
  const decisions = () => desk.runs.get('shop/run-aaaaaaaaaaaa')?.status?.approvals ?? [];
  return { ...world, desk, get, post, decisions };
}

const messageOf = (answer: { json: () => { message: string } }): string => answer.json().message;
const idsIn = (answer: { json: () => { approvals: { id: string }[] } }): string[] => answer.json().approvals.map(({ id }) => id);

describe('approvals', () => {
  it('are listed while they wait, and all of them where that is asked', async () => {
    const { desk, get } = worldOf();
    desk.runs.set('b', runOf(wanted('run-bbbbbbbbbbbb'), { phase: 'Running', requestedAt: '2026-11-26T11:00:00.000Z' }));
    desk.runs.set('c', runOf(wanted('run-cccccccccccc'), { requestedAt: '2026-11-26T12:00:00.000Z' }));
    desk.runs.set('d', runOf(wanted('run-dddddddddddd'), { phase: 'DryRun' }));
    expect(idsIn(await get(''))).toEqual(['rr-cccccccccccc', A]);
    expect(idsIn(await get('?status=all'))).toEqual(['rr-cccccccccccc', 'rr-bbbbbbbbbbbb', A]);
    expect(idsIn(await get('?status=approved'))).toEqual(['rr-bbbbbbbbbbbb']);
    expect((await get('?status=open')).statusCode).toBe(400);
  });

  it('are told whole', async () => {
    const { get } = worldOf({ spec: { approval: { approvers: ['mei'], quorum: 1 } } });
    expect((await get(`/${A}`)).json()).toEqual({
      id: A,
      status: 'pending',
      drill: false,
      namespace: 'shop',
      run: 'run-aaaaaaaaaaaa',
      phase: 'AwaitingApproval',
      playbook: 'restart-checkout',
      incident_id: 'inc-07-3f9c0a1b2c4d5',
      anomaly_key: 'v1-3f9c0a1b2c4d5e6f',
      alertname: 'HighLatency',
      summary: 'restart_pod of Deployment checkout',
      tier: 1,
      approvers: ['mei'],
      quorum: 1,
      requested_at: at.toISOString(),
      expires_at: '2026-11-26T10:30:00.000Z',
      decisions: [],
      message: null,
    });
  });

  it.each(['', '/approve', '/reject', '/withdraw'])('are 404 with a sentence where there is none: %s', async suffix => {
    const { get, post } = worldOf();
    for (const id of ['rr-ffffffffffff', 'drill-abcdefghijklmnopqrstuvwxyz', 'constructor', '%2e%2e%2f']) {
      const answer = suffix === '' ? await get(`/${id}`) : await post(`/${id}${suffix}`, asMei);
      expect([answer.statusCode, messageOf(answer)]).toEqual([404, expect.stringContaining('GET /api/v1/approvals lists them')]);
    }
  });

  it('are shown to known callers alone', async () => {
    const { get, post } = worldOf();
    const answers = [await get('', {}), await get(`/${A}`, {}), await post('', {}, { drill: true })];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
  });

  it('are described in OpenAPI with an example', async () => {
    const { app, get } = worldOf();
    const text = (await app.inject('/api/docs/json')).body;
    const { paths } = JSON.parse(text);
    const { schema } = paths[`${PATH}/{id}`].get.responses[200].content['application/json'];
    const fields = Object.keys((await get(`/${A}`)).json<object>());
    expect([Object.keys(schema.properties), Object.keys(schema.example)]).toEqual([fields, fields]);
    expect(paths[PATH].post.requestBody.content['application/json'].schema.example).toEqual({ drill: true });
  });
});

describe('a person', () => {
  it('needs no right to the path besides, which would be one of the whole cluster', async () => {
    const { get, post, decisions } = worldOf();
    expect((await post(`/${A}/approve`, asKate)).statusCode).toBe(200);
    expect(decisions()).toMatchObject([{ by: 'kate', via: 'api' }]);
    expect((await get(`/${A}`, asKate)).statusCode).toBe(403);
    expect((await post('/rr-ffffffffffff/approve', asKate)).statusCode).toBe(403);
  });

  it.each([
    ['approve', 'Approve'],
    ['reject', 'Reject'],
    ['withdraw', 'Reject'],
  ] as const)('%ss in the name of their token, once', async (verb, decision) => {
    const { post, decisions } = worldOf();
    const own = { by: 'mei', via: 'api', decision, reason: 'looks right' };
    const first = await post(`/${A}/${verb}`, asMei, { reason: 'looks right' });
    expect([first.statusCode, first.json()]).toMatchObject([200, { id: A, status: 'pending', decisions: [own] }]);
    const second = await post(`/${A}/${verb}`, asMei);
    expect([second.statusCode, second.json()]).toMatchObject([200, { decisions: [own] }]);
    expect(decisions()).toHaveLength(1);
    expect(decisions()[0]).toMatchObject(own);
  });

  it('sees their decision though the cache does not show it yet', async () => {
    const { desk, post } = worldOf();
    desk.freeze();
    expect((await post(`/${A}/approve`, asMei)).json()).toMatchObject({ decisions: [{ by: 'mei', time: at.toISOString() }] });
  });

  it('is never named by the body', async () => {
    const { post, decisions } = worldOf();
    const answer = await post(`/${A}/approve`, asMei, { by: 'kate' });
    expect([answer.statusCode, decisions()]).toEqual([400, []]);
  });

  it.each([
    ['a named token of the API', asCaller, 403, /API token pipeline proves no person.*kubectl create token/],
    ['who has not the verb', asOmar, 403, /omar has not the verb approve on repairruns.awoooi.io for run-aaaaaaaaaaaa in namespace shop/],
    ['a token that nobody knows', { authorization: 'Bearer mallory' }, 401, /not known/],
    ['nobody', {}, 401, /no API token/],
  ])('is not %s', async (_, headers, status, sentence) => {
    const { post, decisions } = worldOf();
    for (const verb of ['approve', 'reject', 'withdraw']) {
      const answer = await post(`/${A}/${verb}`, headers);
      expect([answer.statusCode, messageOf(answer)]).toEqual([status, expect.stringMatching(sentence)]);
    }
    expect(decisions()).toEqual([]);
  });

  it('is nobody at a door that stands open', async () => {
    const { deps, decisions } = worldOf();
    const open = { ...CREDENTIALS, api: [], allowUnauthenticated: true };
    const { app } = webhookWorld({ ...deps, credentials: () => open });
    const answer = await app.inject({ method: 'POST', url: `${PATH}/${A}/approve` });
    expect([answer.statusCode, messageOf(answer)]).toEqual([403, expect.stringContaining('nothing here proves who you are')]);
    expect(decisions()).toEqual([]);
  });

  it('is one whom the playbook lists, where it lists anybody', async () => {
    const { post, decisions } = worldOf({ spec: { approval: { approvers: ['kate'] } } });
    const answer = await post(`/${A}/approve`, asMei);
    expect([answer.statusCode, messageOf(answer)]).toEqual([403, expect.stringContaining('mei is not among them')]);
    expect((await post(`/${A}/approve`, asKate)).statusCode).toBe(200);
    expect(decisions().map(({ by }) => by)).toEqual(['kate']);
  });
});

describe('a decision that comes too late', () => {
  it.each<[string, { spec?: object; status?: RepairRunStatus }, string]>([
    ['it runs', { status: { phase: 'Running' } }, 'was approved already, and is Running'],
    ['it was rejected', { status: { phase: 'Rejected' } }, 'was rejected already'],
    ['its time is over', { status: { expiresAt: '2026-11-26T10:00:02.000Z' } }, 'expired at 2026-11-26T10:00:02.000Z'],
    ['it expired', { status: { phase: 'Expired' } }, 'expired at 2026-11-26T10:30:00.000Z'],
    ['the playbook is another', { spec: { playbookHash: 'ffffffffffffffff' } }, 'the playbook has changed'],
  ])('is 409 with how it stands: %s', async (_, world, sentence) => {
    const { post, get, decisions } = worldOf(world);
    const answer = await post(`/${A}/approve`, asMei);
    const approvalNow = (await get(`/${A}`)).json<object>();
    expect([answer.statusCode, answer.json()]).toEqual([
      409,
      { error: 'Conflict', message: expect.stringContaining(sentence), approval: approvalNow },
    ]);
    expect(decisions()).toEqual([]);
  });
});

/** A drill that was asked for. */
async function started() {
  const world = worldOf();
  const answer = await world.post('', asCaller, { drill: true });
  expect(answer.statusCode).toBe(201);
  const { id, status } = answer.json<{ id: string; status: string }>();
  expect([Object.keys(answer.json<object>()), status]).toEqual([['id', 'status'], 'pending']);
  return { ...world, id };
}

describe('a drill', () => {
  it('is found under its id, is in no list, and tells nobody', async () => {
    const { id, get, incidents } = await started();
    expect((await get(`/${id}`)).json()).toMatchObject({ id, status: 'pending', drill: true, run: null, decisions: [] });
    expect(idsIn(await get('?status=all'))).toEqual([A]);
    expect(await incidents.outbox.depth(AbortSignal.timeout(5000))).toMatchObject({ waiting: 0 });
  });

  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
  ])('takes every caller who would %s it, and again', async (verb, status) => {
    const { id, post } = await started();
    const first = await post(`/${id}/${verb}`);
    expect([first.statusCode, first.json()]).toMatchObject([200, { id, status, decisions: [{ by: 'pipeline' }] }]);
    const second = await post(`/${id}/${verb}`, asOmar);
    expect([second.statusCode, second.json()]).toEqual([200, first.json()]);
  });

  it('stands by its first decision, and can be withdrawn all the same', async () => {
    const { id, post } = await started();
    await post(`/${id}/reject`);
    const late = await post(`/${id}/approve`);
    expect([late.statusCode, late.json()]).toMatchObject([
      409,
      { message: 'the drill is rejected already', approval: { status: 'rejected' } },
    ]);
    expect((await post(`/${id}/withdraw`)).json()).toMatchObject({ status: 'withdrawn' });
  });

  it.each([[undefined], [{}], [{ drill: false }], [{ drill: 'true' }], [[]]])('is all that can be asked for: %j', async payload => {
    const { post } = worldOf();
    const answer = await post('', asCaller, payload);
    expect([answer.statusCode, messageOf(answer)]).toEqual([
      400,
      expect.stringContaining('approvals of repairs are asked for by RepairRuns'),
    ]);
  });
});

describe('the Approval hop of a probe', () => {
  const hops = hopWorld();
  afterAll(() => hops.close());

  it('passes here and leaves nothing that waits', async () => {
    const { app, get } = worldOf();
    hops.env['SECRET_API_TOKEN'] = API_TOKEN;
    const target = { url: `http://127.0.0.1:${await listening(app)}`, auth: { bearerToken: { name: 'api', key: 'token' } } };
    const result = await tryHop(approval, hops, { hop: { type: 'Approval' }, target });
    expect(result).toMatchObject({ result: 'Passed', statusCode: 201 });
    const id = /drill-[a-z0-9]{26}/.exec(result.message ?? '')?.[0] ?? '';
    expect((await get(`/${id}`)).json()).toMatchObject({ id, status: 'withdrawn' });
    await app.close();
  });
});
