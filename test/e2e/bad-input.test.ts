import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awoooi } from '../cli/shell.ts';
import { eventually } from '../parts/eventually.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import type { Fault } from '../servers/http-server.ts';
import { startTarget, type Target } from '../servers/target.ts';
import { condition, probeView } from './probe-view.ts';
import { metricsOf, probe, raiseStage, secret, type Stage } from './stage.ts';

const TOKEN = 'the-token-of-the-target';

interface Case {
  readonly name: string;
  readonly ref?: { readonly name: string; readonly key: string };
  /** What the shell has in place of that Secret. */
  readonly env?: Readonly<Record<string, string>>;
  readonly fault?: Fault;
  /** Of the run; long, unless it is what the case waits for. */
  readonly timeout?: string;
  /** In place of the target's own. */
  readonly url?: () => string;
  /** The hop's cause and what its message says; none where the probe is good. */
  readonly cause?: string;
  readonly says?: RegExp;
  /** True where only a person can mend it. */
  readonly stalled?: true;
}

const CASES: readonly Case[] = [
  {
    name: 'secret-missing',
    ref: { name: 'nowhere', key: 'token' },
    cause: 'SecretNotFound',
    says: /Secret nowhere does not exist in namespace .*: create it/,
    stalled: true,
  },
  {
    name: 'key-missing',
    ref: { name: 'api', key: 'tokne' },
    cause: 'SecretKeyNotFound',
    says: /has no key tokne \(it has: empty, newline, token\)/,
    stalled: true,
  },
  {
    name: 'value-empty',
    ref: { name: 'api', key: 'empty' },
    env: { SECRET_API_EMPTY: '' },
    cause: 'SecretEmpty',
    says: /Key empty of Secret api .* is empty/,
    stalled: true,
  },
  { name: 'newline', ref: { name: 'api', key: 'newline' }, env: { SECRET_API_NEWLINE: `${TOKEN}\n` } },
  {
    name: 'no-name',
    url: () => 'http://no-such-host.invalid:8000',
    cause: 'NameNotResolved',
    says: /no-such-host\.invalid/,
  },
  { name: 'refuses', url: () => 'http://127.0.0.1:9', cause: 'Unreachable', says: /127\.0\.0\.1:9/ },
  { name: 'hangs', fault: { is: 'hang' }, timeout: '4s', cause: 'TimedOut', says: /no whole answer within the time left/ },
  { name: 'late', fault: { is: 'slow', delayMs: 8_000 }, timeout: '4s', cause: 'TimedOut', says: /no whole answer within the time left/ },
  {
    name: 'garbage',
    fault: { is: 'answer', reply: { status: 200, body: '<html>\u0000\u0007It works!</html>' } },
    cause: 'BadAnswer',
    says: /answered 200 with a body which is not a JSON object: <html>.*It works!/,
  },
  {
    name: 'echoes',
    fault: { is: 'answer', reply: { status: 500, body: `who is ${TOKEN}?\r\n\u001b[31m${'x'.repeat(5_000)}` } },
    cause: 'BadStatus',
    says: /answered 500 instead of 200: who is \*\*\*\?\P{Cc}{1,250}$/u,
  },
  { name: 'huge', fault: { is: 'huge', bytes: 100 * 1024 * 1024 }, cause: 'AnswerTooLarge', says: /the answer is too long/ },
  {
    name: 'api-server',
    url: () => stage.cluster.url,
    cause: 'AddressDenied',
    says: /may not call this address/,
    stalled: true,
  },
  {
    name: 'link-local',
    url: () => 'http://169.254.169.254',
    cause: 'AddressDenied',
    says: /169\.254\.169\.254/,
    stalled: true,
  },
];

let stage: Stage;
let redis: Part;
let operator: Operator;
const targets = new Map<string, Target>();

beforeAll(async () => {
  [stage, redis] = await Promise.all([raiseStage('bad'), startRedis()]);
  operator = await startOperator(stage.operator(redis.url));
  for (const { name, fault } of CASES) {
    const target = await startTarget({ bearerToken: TOKEN });
    if (fault) target.breakWith(fault);
    targets.set(name, target);
  }
  await stage.apply(secret('api', { token: TOKEN, newline: `${TOKEN}\n`, empty: '' }), ...CASES.map(probeOf));
});
afterAll(() => Promise.all([operator, redis, ...targets.values()].map(part => part?.stop())));

function probeOf({ name, ref = { name: 'api', key: 'token' }, url, timeout = '20s' }: Case): object {
  return probe(name, {
    runToken: 'v1',
    timeout,
    target: { url: url?.() ?? targets.get(name)?.url, auth: { bearerToken: ref } },
    hops: [{ name: 'alerts', type: 'AlertmanagerWebhook' }],
  });
}

const failing = CASES.flatMap(each => (each.cause === undefined ? [] : [{ ...each, cause: each.cause }]));

describe.each(failing)('$name', ({ name, cause, says = /./, stalled = false }) => {
  it(`is ${cause} in the status and in an event`, async () => {
    const view = probeView(stage, name);
    const status = await view.until(({ lastRun }) => lastRun?.phase === 'Failed');
    expect(status.hops).toEqual([
      expect.objectContaining({ name: 'alerts', result: stalled ? 'Unknown' : 'Failed', cause, message: expect.stringMatching(says) }),
    ]);
    expect(condition(status)).toBe(`False/${cause}`);
    expect(condition(status, 'ChainHealthy')).toBe(`${stalled ? 'Unknown' : 'False'}/${cause}`);
    expect(condition(status, 'Stalled')).toBe(stalled ? `True/${cause}` : '-');
    const events = await eventually(async () => {
      const seen = (await view.events()).filter(({ reason }) => reason === cause);
      return seen.length > 0 && seen;
    });
    expect(events).toEqual([expect.objectContaining({ type: 'Warning', note: expect.stringMatching(says) })]);
  });
});

it('is neither stalled nor red once its spec was mended, and green when that was run', async () => {
  const view = probeView(stage, 'secret-missing');
  targets.get('secret-missing')?.breakWith({ is: 'slow', delayMs: 500 });
  await view.patch({ spec: { target: { auth: { bearerToken: { name: 'api', key: 'token' } } } } });
  const seen = new Set<string>();
  await view.until((status, { metadata }) => {
    if (status.observedGeneration === metadata.generation) seen.add(`${condition(status)} ${condition(status, 'Stalled')}`);
    return condition(status) === 'True/AllHopsPassed';
  });
  expect([...seen].filter(one => one !== 'Unknown/SpecChanged -')).toEqual(['True/AllHopsPassed -']);
});

it('strips the newline that ends a Secret’s value', async () => {
  const status = await probeView(stage, 'newline').until(({ lastRun }) => lastRun?.phase !== 'Running' && lastRun !== undefined);
  expect(condition(status)).toBe('True/AllHopsPassed');
});

it.concurrent.each(CASES)('awoooi probe run ends $name with its own exit status', async given => {
  const env = { PATH: process.env['PATH'] ?? '', SECRET_API_TOKEN: TOKEN, ...given.env };
  const ran = await awoooi(['probe', 'run', '-f', '-'], { env, stdin: JSON.stringify(probeOf(given)) });
  // The shell knows no API server of its own: there it is just a server that does not speak this protocol.
  const cause = given.name === 'api-server' ? 'Unreachable' : (given.cause ?? 'Passed');
  expect(ran).toMatchObject({ status: given.cause === undefined ? 0 : 1, stdout: expect.stringContaining(cause) });
  expect(ran.stdout + ran.stderr).not.toContain(TOKEN);
});

it('shows the credential nowhere, though a target says it to our face', async () => {
  const shown = [await stage.kubectl('get', 'acp,events', '-o', 'yaml'), await metricsOf(operator), operator.process().log()];
  expect(shown.filter(text => text.includes(TOKEN))).toEqual([]);
  expect(shown[0]).toContain('who is ***?');
});

it('took none of the 100 MB into memory, and goes on', async () => {
  const page = await metricsOf(operator);
  const rss = Number(/^process_resident_memory_bytes (\S+)$/m.exec(page)?.[1]);
  expect(rss).toBeLessThan(400 * 1024 * 1024);
  expect(targets.get('huge')?.bytesOut()).toBeLessThan(50 * 1024 * 1024);
});
