import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleThresholds } from '../../../test/builders/signoz-rule.ts';
import { anyCall, NOBODY, refusal, type SignozRulesWorld, signozRulesWorld } from '../../../test/builders/signoz-rules-world.ts';
import { startHttpServer } from '../../../test/servers/http-server.ts';
import { startSignoz } from '../../../test/servers/signoz.ts';

let world: SignozRulesWorld;

beforeAll(async () => {
  world = await signozRulesWorld();
});
afterEach(() => world.signoz.mend());
afterAll(() => world.stop());

const { signal } = new AbortController();

describe('a refusal', () => {
  it('says every sentence that SigNoz gave', async () => {
    const over = { alert: '', schemaVersion: 'v2' };
    const message =
      'SigNoz answered 400, alert rule is not valid: alert: field is required; schemaVersion: unsupported value "v2"; must be one of "v1", "v2alpha1"';
    for (const call of [
      () => world.created(over),
      () => world.rules.replace(world.connection, { id: NOBODY, body: postableRule(over) }, signal),
    ]) {
      expect(await world.failure(call())).toMatchObject({ fault: 'rejected', statusCode: 400, message });
    }
  });

  it('that is one sentence is that sentence', async () => {
    const condition = ruleCondition({ thresholds: ruleThresholds([{ channels: ['nope'] }]) });
    const message = 'SigNoz answered 400, channels: the following channels do not exist: [nope]';
    expect(await world.failure(world.created({ condition }))).toMatchObject({ fault: 'rejected', message });
  });

  it('is masked, cleaned and cut, however much is said', async () => {
    const errors = Array.from({ length: 100 }, (_, n) => ({ message: `\u001b[31m${n}\n${world.signoz.editorKey} ${'x'.repeat(5000)}` }));
    world.answer(400, refusal('invalid_input', { errors }));
    const { message } = await world.failure(world.created());
    expect(message).toMatch(/^SigNoz answered 400, says invalid_input: \[31m0 \S+ x+…; /);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(2100);
  });

  it.each(anyCall)('of the key is `unauthorized`, and of its role `forbidden`: %s', async (_, call) => {
    world.answer(401, refusal('unauthenticated'));
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({
      fault: 'unauthorized',
      message: expect.stringContaining('set apiKey to one that holds'),
    });
    world.answer(403, refusal('authz_forbidden'));
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({
      fault: 'forbidden',
      message: expect.stringContaining('needs the role editor'),
    });
    world.answer(401, '<html>sign in</html>');
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault: 'unauthorized' });
  });

  it('of a viewer’s key names the role', async () => {
    const other = await startSignoz({ keys: { v: 'viewer' }, channels: world.channels });
    const err = await world.failure(world.rules.create({ url: other.url, apiKey: 'v' }, postableRule(), signal));
    expect(err).toMatchObject({ fault: 'forbidden', statusCode: 403, message: expect.stringContaining('only editors/admins') });
    expect(await world.failure(world.rules.create({ url: other.url, apiKey: 'x' }, postableRule(), signal))).toMatchObject({
      fault: 'unauthorized',
    });
    await other.stop();
  });

  it.each<[string, Readonly<Record<string, string>>, object, number | undefined]>([
    ['seconds', { 'retry-after': '7' }, {}, 7000],
    ['a date', { 'retry-after': 'Thu, 26 Nov 2026 10:00:30 GMT' }, {}, 30_000],
    ['a past date', { 'retry-after': 'Thu, 26 Nov 2026 09:00:00 GMT' }, {}, undefined],
    ['nanoseconds in the envelope', {}, { retry: { delay: 2_500_000_000 } }, 2500],
    ['the longer of both', { 'retry-after': '1' }, { retry: { delay: 2_500_000_000 } }, 2500],
    ['neither', { 'retry-after': 'soon' }, { retry: { delay: 'soon' } }, undefined],
  ])('of too many calls says how long to wait: %s', async (_, headers, over, retryAfterMs) => {
    for (const [, call] of anyCall) {
      world.answer(429, refusal('too_many_requests', over), headers);
      expect(await world.failure(call(world.rules, world.connection))).toMatchObject({
        fault: 'rate-limited',
        statusCode: 429,
        retryAfterMs,
      });
    }
  });

  it('of a proxy says how long to wait, too', async () => {
    world.answer(429, 'slow down', { 'retry-after': '3' });
    expect(await world.failure(world.created())).toMatchObject({ fault: 'rate-limited', retryAfterMs: 3000 });
    world.answer(503, 'rolling', { 'retry-after': '4' });
    expect(await world.failure(world.created())).toMatchObject({ fault: 'unavailable', retryAfterMs: 4000 });
  });

  it.each<[number, unknown, string]>([
    [500, refusal('unknown', { message: 'invalid character' }), 'unavailable'],
    [500, refusal('fatal'), 'unavailable'],
    [502, '<html>bad gateway</html>', 'unavailable'],
    [504, refusal('timeout'), 'unavailable'],
    [499, refusal('canceled'), 'unavailable'],
    [408, 'too slow', 'unavailable'],
    [409, refusal('already_exists'), 'rejected'],
    [413, '<html>too large</html>', 'rejected'],
    [451, refusal('license_unavailable'), 'rejected'],
    [302, '', 'rejected'],
  ])('%i %j is `%s`', async (statusCode, body, fault) => {
    for (const [, call] of anyCall) {
      world.answer(statusCode, body, statusCode === 302 ? { location: '/login' } : {});
      expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault, statusCode });
    }
  });
});

describe('a 404', () => {
  const calls = anyCall.slice(1).filter(([name]) => ['get', 'replace', 'remove'].includes(name));

  it.each<[string, unknown]>([
    ['of a proxy', '<html>404 Not Found</html>'],
    ['of another API', { message: 'not found', code: 'not_found' }],
    ['in plain text', '404 page not found\n'],
  ])('%s never reads as "the rule is gone"', async (_, body) => {
    for (const [, call] of anyCall) {
      world.signoz.breakWith({ is: 'answer', reply: { status: 404, body } }, ({ path }) => !path.endsWith('/version'));
      const message = expect.stringMatching(/^SigNoz v0\.138\.0 is there, but .*so its url is not that of a SigNoz API/);
      expect(await world.failure(call(world.rules, world.connection))).toMatchObject({
        fault: 'unsupported',
        statusCode: 404,
        detail: undefined,
        message,
      });
    }
  });

  it.each(calls)('of SigNoz about something else is none either: %s', async (_, call) => {
    world.answer(404, refusal('organization_not_found'));
    expect(await world.failure(call(world.rules, world.connection))).toMatchObject({ fault: 'rejected', statusCode: 404 });
  });
});

describe('a SigNoz without these routes', () => {
  it.each([true, false])('says that it is too old, and what is needed (web UI: %s)', async webUi => {
    const old = await startSignoz({ version: 'v0.119.0', webUi, channels: world.channels });
    const at = { url: old.url, apiKey: old.editorKey };
    const message = 'SigNoz v0.119.0 is too old: alert rules need v0.120 or newer (v0.133 is the tested floor), so upgrade it';
    for (const call of [
      () => world.listed(at),
      () => world.rules.get(at, NOBODY, signal),
      () => world.rules.create(at, postableRule(), signal),
      () => world.rules.replace(at, { id: NOBODY, body: postableRule() }, signal),
      () => world.rules.remove(at, NOBODY, signal),
      () => world.rules.test(at, postableRule(), signal),
    ]) {
      expect(await world.failure(call())).toMatchObject({ fault: 'unsupported', detail: 'too-old', message });
    }
    expect(old.requests.filter(({ path }) => path.startsWith('/api/v1/rules'))).toEqual([]);
    await old.stop();
  });

  it.each(anyCall)('and without a version is none at all: %s', async (_, call) => {
    for (const [status, body] of [
      [200, '<!doctype html>'],
      [404, 'no such page'],
    ] as const) {
      world.answer(status, body, { 'content-type': 'text/html' });
      const message = expect.stringContaining('so its url is not that of a SigNoz API');
      expect(await world.failure(call(world.rules, world.connection))).toMatchObject({
        fault: 'unsupported',
        detail: undefined,
        statusCode: status,
        message,
      });
    }
  });

  it.each([
    ['v0.138.0', undefined],
    ['v1.2.0', undefined],
    ['0.119.5-cloud', 'too-old'],
    ['nightly', undefined],
    [7, undefined],
  ])('is told by its version %j: %s', async (version, detail) => {
    const other = await startHttpServer({
      handle: ({ path }) => (path === '/api/v1/version' ? { status: 200, body: { version } } : { status: 404, body: 'no' }),
    });
    expect(await world.failure(world.listed({ ...world.connection, url: other.url }))).toMatchObject({ fault: 'unsupported', detail });
    await other.stop();
  });

  it('is not said to be one while its version cannot be asked for', async () => {
    const other = await startHttpServer({
      handle: ({ path }) => (path === '/api/v1/version' ? { status: 503, body: 'rolling' } : { status: 200, body: '<html>' }),
    });
    expect(await world.failure(world.listed({ ...world.connection, url: other.url }))).toMatchObject({ fault: 'unavailable' });
    await other.stop();
  });
});
