import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AnalyserServer, type AnalystMood, startAnalyser } from '../../../test/servers/analyser.ts';
import type { Fault } from '../../../test/servers/http-server.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { type OutgoingClient, outgoingClient } from '../../net/outgoing.ts';
import { jsonInAnswer } from './json-in-answer.ts';
import { type AnalyserConnection, openaiAnalyser } from './openai-analyser.ts';

const KEY = 'test-key-0123456789';
const NOW = new Date('2026-03-29T10:00:00Z');
const QUESTION = { system: 'be brief', user: '{"what": "is wrong"}' };
const ANSWER = { root_cause: 'a', impact: 'b', fix: 'c', prevention: 'd', confidence: 0.5 };
const READ = { model: 'stand-in-1', rootCause: 'a', impact: 'b', fix: 'c', prevention: 'd', confidence: 0.5 };

let server: AnalyserServer;
let client: OutgoingClient;

beforeEach(async () => {
  server = await startAnalyser({ apiKey: KEY, answer: ANSWER });
  client = outgoingClient();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

const ask = (changes: Partial<AnalyserConnection> = {}, signal = new AbortController().signal) =>
  openaiAnalyser(client, {
    url: server.baseUrl,
    model: server.model,
    apiKey: () => KEY,
    timeoutMs: 10_000,
    now: () => NOW,
    ...changes,
  }).ask(QUESTION, signal);

const answered = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => ({
  is: 'answer',
  reply: { status, headers, body: { error: { message: `about ${KEY}`, type: 't', code: null } } },
});

async function failure(asking: Promise<unknown>): Promise<PortError> {
  const err = await asking.then(
    answer => new Error(`no error: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (!(err instanceof PortError)) throw err;
  expect(`${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`).not.toContain(KEY);
  return err;
}

describe('a question', () => {
  it('goes out as it is, with the key and what the model is to answer in', async () => {
    expect(await ask()).toEqual(READ);
    expect(server.questions).toEqual([
      [
        { role: 'system', content: QUESTION.system },
        { role: 'user', content: QUESTION.user },
      ],
    ]);
    const { headers, body } = server.requests[0] ?? {};
    expect(headers?.['authorization']).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(body ?? '')).toMatchObject({ model: 'stand-in-1', response_format: { type: 'json_object' } });
  });

  it('goes out without a key where none is set', async () => {
    const open = await startAnalyser({ answer: ANSWER });
    expect(await ask({ url: open.baseUrl, apiKey: () => undefined })).toEqual(READ);
    expect(open.requests[0]?.headers).not.toHaveProperty('authorization');
    await open.stop();
  });

  it('goes out with the key as it is now', async () => {
    let key = 'revoked-key';
    const connection = { apiKey: () => key };
    expect(await failure(ask(connection))).toMatchObject({ fault: 'unauthorized' });
    key = KEY;
    expect(await ask(connection)).toEqual(READ);
  });

  it.each<AnalystMood>(['talkative', 'plain-text-only'])('is answered by servers that know no response_format: %s', async mood => {
    server.setMood(mood);
    expect(await ask()).toEqual(READ);
  });

  it('is not sent to an address that is denied', async () => {
    const guarded = outgoingClient({ deny: ['127.0.0.0/8'] });
    const connection = { url: server.baseUrl, model: 'm', apiKey: () => KEY, timeoutMs: 10_000, now: () => NOW };
    const asking = openaiAnalyser(guarded, connection).ask(QUESTION, new AbortController().signal);
    expect(await failure(asking)).toMatchObject({ fault: 'unreachable', detail: 'address-denied' });
    await guarded.close();
  });
});

describe('an answer is read', () => {
  it.each<[string, object, object]>([
    ['in another spelling', { rootCause: 'a', impact: 'b', fix_suggestion: 'c', prevention: 'd', confidence: 0.5 }, READ],
    ['with blanks around', { ...ANSWER, fix: '  c\n' }, READ],
    ['with a list for a text', { ...ANSWER, fix: ['one', 'two'] }, { ...READ, fix: 'one\ntwo' }],
    ['with more than was asked for', { ...ANSWER, severity: 'high' }, READ],
    ['with a confidence as text', { ...ANSWER, confidence: '0.5' }, READ],
    ['with a confidence in percent', { ...ANSWER, confidence: '50 %' }, READ],
    ['with a confidence up to a hundred', { ...ANSWER, confidence: 50 }, READ],
    ['with one percent', { ...ANSWER, confidence: '1%' }, { ...READ, confidence: 0.01 }],
    ['cut where it is far too long', { ...ANSWER, impact: 'x'.repeat(10_000) }, { ...READ, impact: 'x'.repeat(6_000) }],
  ])('%s', async (_, answer, expected) => {
    server.setAnswer(answer);
    expect(await ask()).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['a text that is missing', { ...ANSWER, fix: undefined }],
    ['a text that is empty', { ...ANSWER, impact: ' ' }],
    ['a text that is none', { ...ANSWER, impact: 5 }],
    ['no confidence', { ...ANSWER, confidence: undefined }],
    ['a confidence in words', { ...ANSWER, confidence: 'high' }],
    ['a confidence below 0', { ...ANSWER, confidence: -0.5 }],
    ['a confidence above a hundred', { ...ANSWER, confidence: 101 }],
    ['a list', [ANSWER]],
    ['nothing', null],
  ])('and refused with %s', async (_, answer) => {
    server.setAnswer(answer);
    expect(await failure(ask())).toMatchObject({ fault: 'malformed' });
  });

  it('in a time that does not grow with the square of the text', () => {
    const began = performance.now();
    for (const part of ['<think>', '```\nx', 'x```\n', '{', '}', '{}']) jsonInAnswer(part.repeat(100_000));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    ['```json\n{"fix":"```sh\\nls\\n```"}\n```', { fix: '```sh\nls\n```' }],
    ['Here: {"a":{"b":1}}. Good luck!', { a: { b: 1 } }],
    ['<think>{"a":2}</think>{"a":1}', { a: 1 }],
    ['{ no', undefined],
    ['', undefined],
  ])('and found: %j', (text, found) => {
    expect(jsonInAnswer(text)).toEqual(found);
  });

  it.each<AnalystMood>(['nonsense', 'echo', 'empty'])('and refused where it is none: %s', async mood => {
    server.setMood(mood);
    expect(await failure(ask())).toMatchObject({ fault: 'malformed', message: expect.stringContaining('not the JSON that was asked for') });
  });
});

describe('what goes wrong is sorted, and tried no second time', () => {
  it.each<[string, Fault, object]>([
    ['a wrong key', answered(401), { fault: 'unauthorized', statusCode: 401 }],
    ['a key that may not', answered(403), { fault: 'forbidden' }],
    ['a wrong URL or model', answered(404), { fault: 'rejected', message: expect.stringContaining('AWOOOI_ANALYSER_MODEL') }],
    ['too many questions', answered(429, { 'retry-after': '20' }), { fault: 'rate-limited', retryAfterMs: 20_000 }],
    ['a proxy that names a time', answered(429, { 'retry-after': 'Sun, 29 Mar 2026 10:00:45 GMT' }), { retryAfterMs: 45_000 }],
    ['a failing server', answered(500), { fault: 'unavailable', statusCode: 500 }],
    ['a proxy without a server', { is: 'answer', reply: { status: 502, body: '<html>' } }, { fault: 'unavailable' }],
    ['a page', { is: 'answer', reply: { status: 200, body: '<html>' } }, { fault: 'malformed' }],
    ['JSON of another kind', { is: 'answer', reply: { status: 200, body: { ok: true } } }, { fault: 'malformed' }],
    [
      'JSON that is none',
      { is: 'answer', reply: { status: 200, headers: { 'content-type': 'application/json' }, body: '{' } },
      { fault: 'malformed' },
    ],
    ['no content', { is: 'answer', reply: { status: 204 } }, { fault: 'malformed' }],
    ['a reset', { is: 'reset' }, { fault: 'unreachable', detail: 'reset' }],
    ['a redirect', { is: 'answer', reply: { status: 302, headers: { location: '/login' } } }, { fault: 'rejected', detail: 'redirected' }],
    ['an endless answer', { is: 'huge', bytes: 2 * 1024 * 1024 }, { fault: 'malformed', detail: 'too-large' }],
  ])('%s', async (_, fault, expected) => {
    server.breakWith(fault);
    expect(await failure(ask())).toMatchObject(expected);
    expect(server.requests).toHaveLength(1);
  });

  it('a server that hangs', async () => {
    server.breakWith({ is: 'hang' });
    expect(await failure(ask({ timeoutMs: 50 }))).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  });

  it('a caller that gives up', async () => {
    server.breakWith({ is: 'hang' });
    const caller = new AbortController();
    const asking = ask({}, caller.signal);
    caller.abort();
    expect(await failure(asking)).toMatchObject({ fault: 'unreachable' });
  });
});

it('loads the SDK with the first question, and not before', () => {
  const source = readFileSync(new URL('openai-analyser.ts', import.meta.url), 'utf8');
  const statements = source.split('\n').filter(line => /^import .*'openai'/.test(line));
  expect(statements.filter(statement => !statement.startsWith('import type '))).toEqual([]);
  expect(source).toContain("await import('openai')");
});
