import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alertChainProbe, run } from '../builders/alert-chain-probe.ts';
import { API_TOKEN, listening, SENDER_TOKEN, TELEGRAM_SECRET, URL_TOKEN } from '../builders/webhook-world.ts';
import { textOf } from './named-tests.ts';
import { shellWords } from './shell-words.ts';
import { describedRoutes, wholeApi } from './whole-api.ts';

const PAGE = textOf('docs/http-api.md');
const KUBE_TOKEN = 'a-token-of-kubernetes';
/** What the page says of Telegram's webhook, which OpenAPI does not say. */
const UNDESCRIBED: Readonly<Record<string, readonly string[]>> = { 'post /api/v1/webhooks/telegram': ['200', '401', '413', '500', '503'] };
/** Things that are on the page by an id of nothing that is there. */
const NOT_THERE = /\{(?:id|nonce)\}/;

/** Each route of the page, with the statuses in its table and its command. */
const ROUTES = PAGE.split(/^### /m)
  .slice(1)
  .map(section => {
    const [, method = '', path = ''] = /^(GET|POST) (\S+)\n/.exec(section) ?? [];
    const [answers = ''] = /^\| .* \|$/m.exec(section.split('|---|---|---|\n')[1] ?? '') ?? [];
    const [, command = ''] = /^```sh\n([\s\S]*?)^```/m.exec(section) ?? [];
    return {
      route: `${method.toLowerCase()} ${path}`,
      answers: [...answers.matchAll(/`(\d{3})`/g)].map(([, status = '']) => status),
      command,
    };
  });

const Described = z.object({ responses: z.record(z.string(), z.unknown()) });

const world = wholeApi({
  telegram: { secrets: () => [TELEGRAM_SECRET], pressed: async () => {} },
  tokenReviewer: { review: async token => (token === KUBE_TOKEN ? { is: 'allowed', username: 'mei' } : { is: 'unknown' }) },
});
let base: string;
let described: ReadonlyMap<string, unknown>;
beforeAll(async () => {
  const lastRun = run({ phase: 'Passed', startedAt: new Date(Date.now() - 60_000).toISOString() });
  const hops = [{ name: 'api', type: 'Health', result: 'Passed' as const }];
  world.probes.set('monitoring/release-gate', alertChainProbe({ status: { observedGeneration: 3, runToken: '', hops, lastRun } }));
  base = `http://127.0.0.1:${await listening(world.app)}`;
  described = await describedRoutes(world);
});
afterAll(() => world.app.close());

/** Sends what `curl` would. */
async function sent(command: string, over: Readonly<Record<string, string>> = {}): Promise<Response> {
  const env = {
    AWOOOI_API_BASE: base,
    AWOOOI_API_TOKEN: API_TOKEN,
    KUBE_TOKEN,
    TOKEN: SENDER_TOKEN,
    URL_TOKEN,
    TELEGRAM_SECRET,
    ...over,
  };
  const [program, ...args] = shellWords(command, env);
  expect(program).toBe('curl');
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      silent: { type: 'boolean', short: 's' },
      'show-error': { type: 'boolean', short: 'S' },
      header: { type: 'string', short: 'H', multiple: true, default: [] },
      data: { type: 'string', short: 'd' },
      request: { type: 'string', short: 'X' },
    },
  });
  const headers = values.header.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  const method = values.request ?? (values.data === undefined ? 'GET' : 'POST');
  return fetch(positionals[0] ?? '', { method, headers, ...(values.data !== undefined && { body: values.data }) });
}

describe('docs/http-api.md', () => {
  it('has every route that the operator describes, and no other', () => {
    expect(ROUTES.map(({ route }) => route).toSorted()).toEqual([...described.keys()].toSorted());
  });

  it.each(ROUTES)('says with what $route answers', ({ route, answers }) => {
    const { responses } = Described.parse(described.get(route));
    expect(answers).toEqual(UNDESCRIBED[route] ?? Object.keys(responses).toSorted());
  });

  it.each(ROUTES)('has a command for $route that is let in and understood', async ({ route, command, answers }) => {
    const { counted } = world;
    const before = counted.length;
    const answer = await sent(command.trim());
    expect(String(answer.status)).toBe(NOT_THERE.test(route) ? '404' : answers[0]);
    const [method = '', path = ''] = route.split(' ');
    const template = path.replaceAll(/\{(\w+)\}/g, ':$1');
    expect(counted.slice(before)).toContain(`${method.toUpperCase()} ${template} ${answer.status}`);
  });

  it('lets no token of a sender in where one of the API is asked for', async () => {
    const guarded = ROUTES.filter(({ command }) => command.includes('$AWOOOI_API_TOKEN'));
    expect(guarded.length).toBeGreaterThan(20);
    const answers = await Promise.all(guarded.map(({ command }) => sent(command.trim(), { AWOOOI_API_TOKEN: SENDER_TOKEN })));
    expect(answers.map(({ status }) => status)).toEqual(guarded.map(() => 401));
  });
});
