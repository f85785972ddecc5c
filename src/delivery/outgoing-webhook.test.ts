import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { incidentIn } from '../../test/builders/delivery-world.ts';
import { runFolder } from '../../test/parts/run-folder.ts';
import { type HttpServer, type Reply, startHttpServer } from '../../test/servers/http-server.ts';
import { httpTarget } from '../adapters/target/http-target.ts';
import { webhookBody } from '../domain/delivery/webhook-body.ts';
import { webhookSignature } from '../domain/delivery/webhook-signature.ts';
import type { Incident } from '../domain/incidents/incident.ts';
import type { Work } from '../domain/ports/outbox.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import type { Delivered } from './channel.ts';
import { outgoingWebhook } from './outgoing-webhook.ts';

const SECRET = 'webhook-secret-0123';
const PATH = '/services/T0/hook-key-98765';
const now = (): Date => new Date('2026-11-26T08:00:00.700Z');
const PAGE = readFileSync(join(import.meta.dirname, '../../docs/webhook.md'), 'utf8');

let server: HttpServer;
let client: OutgoingClient;
let answer: Reply;

beforeEach(async () => {
  answer = { status: 204 };
  server = await startHttpServer({ handle: () => answer });
  client = outgoingClient();
});

afterEach(async () => {
  await client.close();
  await server.stop();
});

function deliver(incident: Incident, signal = AbortSignal.timeout(10_000)): Promise<Delivered> {
  const channel = outgoingWebhook({ http: httpTarget(client), url: () => `${server.url}${PATH}`, secret: () => SECRET, now });
  const work: Work = {
    partition: 7,
    incidentId: incident.id,
    channel: 'webhook',
    entryId: '1',
    attempts: 0,
    since: now(),
    takenAt: now(),
    memo: {},
  };
  return channel.deliver({ incident, work, remember: async () => {} }, signal);
}

async function failure(incident = incidentIn(7)): Promise<PortError> {
  const err: unknown = await deliver(incident).catch((thrown: unknown) => thrown);
  if (err instanceof PortError) return err;
  throw new Error('no PortError was thrown', { cause: err });
}

it('posts the incident signed, with an id that a repeat shares', async () => {
  const incident = incidentIn(7, { revision: 3 });
  expect(await deliver(incident)).toEqual({ is: 'delivered', memo: { delivery: `${incident.id}:3` } });
  await deliver(incident);
  const [first, second] = server.requests;
  expect(first).toMatchObject({ method: 'POST', path: PATH, body: webhookBody(incident) });
  expect(first?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-awoooi-delivery': `${incident.id}:3`,
    'x-awoooi-timestamp': '1795680000',
    'x-awoooi-signature': webhookSignature(SECRET, { timestamp: '1795680000', body: webhookBody(incident) }),
  });
  expect(second?.headers['x-awoooi-delivery']).toBe(first?.headers['x-awoooi-delivery']);
});

describe('what fails', () => {
  it.each<[string, Reply, Partial<PortError>]>([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { fault: 'rate-limited', statusCode: 429, retryAfterMs: 7_000 }],
    [
      '503 with a date',
      { status: 503, headers: { 'retry-after': 'Thu, 26 Nov 2026 08:01:00 GMT' } },
      { fault: 'unavailable', retryAfterMs: 59_300 },
    ],
    ['500', { status: 500 }, { fault: 'unavailable', retryAfterMs: undefined }],
    ['401', { status: 401 }, { fault: 'unauthorized' }],
    ['403', { status: 403 }, { fault: 'forbidden' }],
    ['404', { status: 404 }, { fault: 'rejected' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, { fault: 'rejected' }],
  ])('%s', async (_, reply, expected) => {
    answer = reply;
    expect(await failure()).toMatchObject(expected);
  });

  it('because nobody listens', async () => {
    await server.refuse();
    expect(await failure()).toMatchObject({ fault: 'unreachable', detail: 'refused' });
  });

  it('because it takes too long', async () => {
    server.breakWith({ is: 'hang' });
    await expect(deliver(incidentIn(7), AbortSignal.timeout(200))).rejects.toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });

  it('shows neither the secret nor the key in the URL, though the receiver repeats them', async () => {
    answer = { status: 400, body: `no such hook ${PATH} ${server.url}${PATH}, wanted ${SECRET}` };
    const { message } = await failure();
    expect(message).toContain('the outgoing webhook answered 400: no such hook');
    expect(message).not.toContain('98765');
    expect(message).not.toContain(SECRET);
  });
});

const Page = z.object({ isGenuine: z.function({ input: [z.unknown()], output: z.boolean() }) });

/** The first fenced block of a language. */
const fenced = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 's').exec(PAGE)?.[1] ?? '';

describe('docs/webhook.md', () => {
  it('has a snippet that takes what we send, and nothing that was touched, replayed or signed by another', async () => {
    const file = join(runFolder('webhook-page'), 'verify.mjs');
    writeFileSync(file, fenced('js'));
    const { isGenuine } = Page.parse(await import(pathToFileURL(file).href));
    await deliver(incidentIn(7, { annotations: { summary: 'zu spät – 🔥' } }));
    const { headers = {}, body = '' } = server.requests[0] ?? {};
    const given = { headers, body, secret: SECRET, now: now().getTime() };
    const later = given.now + 301_000;
    expect(isGenuine(given)).toBe(true);
    expect(isGenuine({ ...given, body: Buffer.from(body) })).toBe(true);
    expect(isGenuine({ ...given, body: body.replace('warning', 'info') })).toBe(false);
    expect(isGenuine({ ...given, secret: 'another-secret' })).toBe(false);
    expect(isGenuine({ ...given, headers: { ...headers, 'x-awoooi-timestamp': '1795680001' } })).toBe(false);
    expect(isGenuine({ ...given, now: later })).toBe(false);
    expect(isGenuine({ ...given, headers: {} })).toBe(false);
  });

  it('shows the body with the fields that it has, and no others', () => {
    const at = new Date();
    const analysis = { by: 'rules', asked: 'rules', rootCause: '', impact: '', fix: '', prevention: '', confidence: 0, at } as const;
    const named = { approvalId: '', run: '', playbook: '', summary: '', detail: '' };
    const repairs = [{ ...named, tier: 1, phase: 'AwaitingApproval', waitsFor: 'approval', expiresAt: at, updatedAt: at } as const];
    const sent: unknown = JSON.parse(webhookBody(incidentIn(7, { analysis, silence: { id: '', by: '', endsAt: at }, repairs })));
    expect(fieldsOf(JSON.parse(fenced('json')))).toEqual(fieldsOf(sent));
  });
});

/** Paths of all fields, those of labels and annotations apart. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return fieldsOf(value[0], `${path}[]`);
  if (typeof value !== 'object' || value === null || /labels$|annotations$/.test(path)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${path}.${name}`));
}
