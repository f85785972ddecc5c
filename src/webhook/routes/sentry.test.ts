import { recordingIncidents } from '../../../test/builders/recording-incidents.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CLIENT_SECRET, CREDENTIALS, liveNonce, URL_TOKEN, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import { sentryDrill } from '../../domain/drills/drill-payload.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { sentrySignature } from '../../domain/sentry/signature.ts';
import { sentryHeaders } from '../../domain/sentry/webhook-headers.ts';

const URL = '/api/v1/webhooks/sentry/error';
const FOLDER = join(import.meta.dirname, '../../../test/fixtures/sentry');
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const Signed = z.object({ secret: z.string(), cases: z.array(z.object({ name: z.string(), raw: z.string(), sig: z.string() })) });
const signed = Signed.parse(JSON.parse(readFileSync(join(FOLDER, 'signed.json'), 'utf8')));
const Fixture = z.object({ headers: z.record(z.string(), z.string()), body: z.looseObject({}) });
const fixture = (name: string) => Fixture.parse(JSON.parse(readFileSync(join(FOLDER, `sentry-${name}.json`), 'utf8')));

type World = ReturnType<typeof webhookWorld>;
const ISSUE = JSON.stringify(fixture('issue.created').body);

function post(
  { app }: World,
  payload: string | Buffer,
  { headers = {}, url = URL }: { headers?: Record<string, string>; url?: string } = {},
) {
  return app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } });
}

function signedBy(secret: string, body: string, over: Record<string, string> = {}): { headers: Record<string, string> } {
  return { headers: { ...sentryHeaders({ resource: 'issue', body, clientSecret: secret, at: new Date() }), ...over } };
}

const taken = { status: 'accepted', incident_id: expect.stringMatching(/^inc-/), is_new: true };

const seconds = (offset: number): string => String(Math.floor(Date.now() / 1000) + offset);

async function away(): Promise<never> {
  throw new PortError('unavailable', 'Redis did not answer');
}

describe('who may send', () => {
  it.each(signed.cases)('takes the signature of $name over the exact bytes', async ({ raw, sig }) => {
    const sentry = { ...CREDENTIALS.sentry, clientSecrets: ['another-secret', signed.secret] };
    const world = webhookWorld({ credentials: () => ({ ...CREDENTIALS, sentry }) });
    const headers = { 'sentry-hook-signature': sig };
    expect((await post(world, raw, { headers })).statusCode).not.toBe(401);
    expect((await post(world, `${raw} `, { headers })).statusCode).toBe(401);
  });

  it.each([
    ['in capitals', { 'sentry-hook-signature': sentrySignature(CLIENT_SECRET, ISSUE).toUpperCase() }],
    ['of a service hook', { 'x-servicehook-signature': sentrySignature(CLIENT_SECRET, ISSUE) }],
    ['that carries no time', { 'sentry-hook-signature': sentrySignature(CLIENT_SECRET, ISSUE), 'sentry-hook-resource': 'issue' }],
  ])('takes a signature %s', async (_, headers) => {
    expect((await post(webhookWorld(), ISSUE, { headers })).json()).toEqual(taken);
  });

  it.each([
    ['nothing', {}, 'neither a Sentry-Hook-Signature nor'],
    ['a signature by another secret', signedBy('not-the-secret', ISSUE).headers, 'SENTRY_CLIENT_SECRETS'],
    ['no hex', { 'sentry-hook-signature': 'x'.repeat(64) }, 'not 64 hex digits'],
    [
      'a signature and the token of a URL as a bearer',
      { 'sentry-hook-signature': '0'.repeat(64), authorization: `Bearer ${URL_TOKEN}` },
      'SENTRY_CLIENT_SECRETS',
    ],
    ['a time long past', signedBy(CLIENT_SECRET, ISSUE, { 'sentry-hook-timestamp': seconds(-400) }).headers, 'SENTRY_REPLAY_WINDOW'],
    ['a time to come', signedBy(CLIENT_SECRET, ISSUE, { 'sentry-hook-timestamp': seconds(400) }).headers, 'SENTRY_REPLAY_WINDOW'],
    ['a time that is none', signedBy(CLIENT_SECRET, ISSUE, { 'sentry-hook-timestamp': 'now' }).headers, 'no Unix time in seconds'],
    [
      'a time in milliseconds',
      signedBy(CLIENT_SECRET, ISSUE, { 'sentry-hook-timestamp': `${seconds(0)}000` }).headers,
      'no Unix time in seconds',
    ],
  ])('refuses %s, and says why', async (_, headers, reason) => {
    const world = webhookWorld();
    const answer = await post(world, ISSUE, { headers });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([401, expect.stringContaining(reason)]);
    expect(world.incidents.handed).toEqual([]);
    expect(world.counted).toContain('sentry rejected 1');
    await eventually(async () => (await world.drills.refusalsSince(new Date(0), soon())).length === 1);
  });

  it('takes the legacy plugin by the token in its URL alone, and says that nothing verified it', async () => {
    const world = webhookWorld();
    const body = JSON.stringify(fixture('legacy-webhooks-plugin').body);
    const wrong = await post(world, body, { url: `${URL}?token=wrong-token` });
    expect([wrong.statusCode, wrong.json<{ message: string }>().message]).toEqual([401, expect.stringContaining('SENTRY_URL_TOKENS')]);
    expect((await post(world, body, { url: `${URL}?token=${URL_TOKEN}&token=${URL_TOKEN}` })).statusCode).toBe(401);
    expect((await post(world, body, { url: `${URL}?token=${URL_TOKEN}` })).json()).toEqual(taken);
    expect(world.incidents.handed[0]?.alert.labels['unverified']).toBe('true');
    await post(world, ISSUE, signedBy(CLIENT_SECRET, ISSUE));
    expect(world.incidents.handed[1]?.alert.labels).not.toHaveProperty('unverified');
  });

  it('takes nobody where nothing is configured, unless the switch says so', async () => {
    const sentry = { clientSecrets: [], urlTokens: [], replayWindowMs: 300_000 };
    const world = (allowUnauthenticated: boolean) =>
      webhookWorld({ credentials: () => ({ ...CREDENTIALS, sentry, allowUnauthenticated }) });
    expect((await post(world(false), ISSUE)).json()).toMatchObject({ message: expect.stringContaining('SENTRY_CLIENT_SECRETS') });
    expect((await post(world(true), ISSUE)).json()).toEqual(taken);
  });

  it('reads all of a signed body, which may be large', async () => {
    const body = JSON.stringify({ action: 'created', data: { issue: { id: '1', title: 'Large', text: 'x'.repeat(2_000_000) } } });
    expect((await post(webhookWorld(), body, signedBy(CLIENT_SECRET, body))).json()).toEqual(taken);
  });
});

describe('what comes of it', () => {
  it('tells an incident, notes the sender, and counts', async () => {
    const world = webhookWorld();
    const signature = signedBy(CLIENT_SECRET, ISSUE);
    expect((await post(world, ISSUE, signature)).json()).toEqual(taken);
    const [ingest] = world.incidents.handed;
    expect(ingest).toMatchObject({ alert: { fingerprint: '42', requestId: signature.headers['request-id'] }, settleMs: 60_000 });
    expect(await world.intake.lastReceived(soon())).toBeInstanceOf(Date);
    expect(world.counted).toEqual(expect.arrayContaining(['sentry accepted 1', 'last', 'latency sentry', `POST ${URL} 200`]));
  });

  it('knows the same request, and the first event of an issue in each of its shapes: one occurrence', async () => {
    const world = webhookWorld();
    const send = (body: string, resource: string, over = {}) =>
      post(world, body, signedBy(CLIENT_SECRET, body, { 'sentry-hook-resource': resource, ...over }));
    const id = { 'request-id': 'a'.repeat(32) };
    await send(ISSUE, 'issue', id);
    expect((await send(ISSUE, 'issue', id)).json()).toMatchObject({ status: 'deduplicated', is_new: false });
    for (const [name, resource] of [
      ['event_alert.triggered', 'event_alert'],
      ['error.created', 'error'],
    ] as const) {
      expect((await send(JSON.stringify(fixture(name).body), resource)).json()).toMatchObject({ status: 'deduplicated' });
    }
    expect(world.counted.filter(line => line === 'sentry deduplicated 1')).toHaveLength(3);
    expect((await world.incidents.list({ limit: 10 }, soon())).incidents).toMatchObject([{ occurrences: 1 }]);
  });

  it.each(['comment.created', 'installation.created'])('ignores %s with a reason, 200', async name => {
    const world = webhookWorld();
    const { body, headers } = fixture(name);
    const raw = JSON.stringify(body);
    const answer = await post(world, raw, signedBy(CLIENT_SECRET, raw, { 'sentry-hook-resource': headers['sentry-hook-resource'] ?? '' }));
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ignored', reason: expect.stringContaining('is no alert') }]);
    expect(world.counted).toContain('sentry ignored 1');
    expect(world.incidents.handed).toEqual([]);
  });

  it.each([
    ['', 'the body is empty'],
    ['hello', 'not JSON'],
    ['[]', 'no webhook of Sentry'],
    ['{"alerts":[]}', 'no webhook of Sentry'],
  ])('refuses %j with a sentence', async (body, sentence) => {
    const answer = await post(webhookWorld(), body, { url: `${URL}?token=${URL_TOKEN}` });
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([400, expect.stringContaining(sentence)]);
  });

  it('answers 503 while the store is away', async () => {
    expect(
      (await post(webhookWorld({ incidents: { ...recordingIncidents(), ingest: away } }), ISSUE, signedBy(CLIENT_SECRET, ISSUE)))
        .statusCode,
    ).toBe(503);
  });
});

it('takes a drill for one by the id of its issue, and its nonce while it is live', async () => {
  const world = webhookWorld();
  const nonce = await liveNonce(world);
  const facts = { probe: 'prod/chain', hop: 'sentry', startsAt: new Date() };
  const drill = { status: 'accepted', incident_id: null, is_new: false, drill: true };
  for (const body of [sentryDrill({ nonce, ...facts }), sentryDrill({ nonce: 'of-before-nonces', ...facts })]) {
    expect((await post(world, body, signedBy(CLIENT_SECRET, body))).json()).toEqual(drill);
  }
  expect((await world.drills.find(nonce, soon()))?.returns).toMatchObject([{ via: 'sentry' }]);
  expect([world.incidents.handed, await world.intake.lastReceived(soon())]).toEqual([[], undefined]);
  expect(world.counted).toContain('sentry drill 1');
});

it('never says in a 401 what would be right', async () => {
  const world = webhookWorld();
  const answers = await Promise.all([
    post(world, ISSUE, signedBy('not-the-secret', ISSUE)),
    post(world, ISSUE, { url: `${URL}?token=wrong-token-0123456789` }),
  ]);
  for (const { body } of answers) {
    for (const secret of [CLIENT_SECRET, URL_TOKEN, 'wrong-token', sentrySignature(CLIENT_SECRET, ISSUE)])
      expect(body).not.toContain(secret);
  }
});
