import { describe, expect, it } from 'vitest';
import { type RuleBench, ruleSpec } from '../../../test/builders/rule-bench.ts';
import { benchForEach, writesTo } from '../../../test/builders/rule-bench-hooks.ts';
import type { Fault, Received } from '../../../test/servers/http-server.ts';
import { eventually } from '../../../test/parts/eventually.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';

let signoz: Signoz;
let bench: RuleBench;

benchForEach(made => ({ signoz, bench } = made));

const writes = (): string[] => writesTo(signoz);
const ids = (): unknown[] => signoz.rules().map(rule => rule['id']);
const idOf = (key: string): string => bench.shown(key).status?.ruleId ?? '';
const isWrite = ({ method, path }: Received): boolean => method !== 'GET' && path.includes('/rules');
const isLook = ({ method, path }: Received): boolean => method === 'GET' && path.includes('/rules/');
const answer = (status: number, body: unknown = '', headers = {}): Fault => ({ is: 'answer', reply: { status, body, headers } });
const GONE = { status: 'error', error: { type: 'not-found', code: 'not_found', message: 'rule does not exist' } };

/** Once so many turns are over, each after as long as was asked for. */
async function turns(key: string, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await bench.turn(key).catch(() => {});
}

let looks = 0;
const again = (name: string, over: object = {}): string =>
  bench.apply(name, ruleSpec(over), { annotations: { 'awoooi.io/requested-at': String((looks += 1)) } });

describe('a rule that was created', () => {
  it.each([
    ['cannot be looked at', answer(503)],
    ['is said to be gone', answer(404, GONE)],
  ])('is not created again where it %s right after', async (_, fault) => {
    await bench.made('other');
    signoz.breakWith(fault, isLook);
    const key = bench.apply('errors');
    await turns(key, 8);
    signoz.mend();
    await bench.settle(key);
    expect([bench.reason(key), writes(), ids().length]).toEqual(['Synced', ['POST', 'POST'], 2]);
  });
});

const off = (key: string): void => signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, disabled: true }));

describe('a rule that a person has switched off', () => {
  it.each([
    ['changes are not looked for', { drift: { policy: 'Ignore' } }],
    ['the switch is left to people', { drift: { policy: 'Correct', ignoreFields: ['/disabled'] } }],
  ])('stays so where %s, and is said to be so', async (_, over) => {
    const key = await bench.made('errors', ruleSpec(over));
    off(key);
    for (let look = 0; look < 3; look += 1) await bench.settle(again('errors', over));
    expect([writes(), signoz.rules()[0]?.['state']]).toEqual([['POST'], 'disabled']);
    expect([bench.reason(key), bench.condition(key, 'Evaluating')?.reason]).toEqual(['Synced', 'DisabledInSignoz']);
  });
});

/** It takes every write, and loads nothing. */
function loadNothing(): void {
  const real = bench.rules;
  bench.rules = {
    ...real,
    async create(...args) {
      const id = await real.create(...args);
      signoz.unload(id);
      return id;
    },
    async replace(connection, sent, caller) {
      const answer = await real.replace(connection, sent, caller);
      signoz.unload(sent.id);
      return answer;
    },
  };
}

describe('a rule that SigNoz does not load', () => {
  it('is written again at once, and then when its wait is over, not with the next resync', async () => {
    loadNothing();
    const key = bench.apply('errors');
    const first = await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Evaluating')?.status, writes()]).toEqual(['NotLoaded', 'False', ['POST', 'PUT']]);
    expect(first).toBeGreaterThan(50_000);
    expect(first).toBeLessThanOrEqual(60_000);
    bench.aheadMs += 61_000;
    const second = await bench.settle(key);
    expect([bench.reason(key), writes().length]).toEqual(['NotLoaded', 3]);
    expect(second).toBeGreaterThan(230_000);
  });
});

describe('a write that fails', () => {
  it('leaves nothing green of the rule that it was to change', async () => {
    const key = await bench.made('errors');
    signoz.breakWith(answer(503), isWrite);
    bench.apply('errors', ruleSpec({ description: 'new' }));
    await turns(key, 2);
    expect([bench.reason(key), bench.condition(key, 'Synced')?.status]).toEqual(['Unavailable', 'Unknown']);
  });

  it('because SigNoz takes too long over earlier ones is told as such', async () => {
    const key = await bench.made('errors');
    const connection = { url: signoz.url, apiKey: signoz.editorKey };
    const watch = { ignore: [], resyncMs: 300_000, ruleId: idOf(key) };
    const bound = bench.deps.signozes.bind(key, { connection, source: { namespace: 'shop', secret: 'signoz' }, watch });
    const earlier = Promise.withResolvers<void>();
    const under = bound.write('normal', new AbortController().signal, () => earlier.promise);
    const turn = new AbortController();
    const waiting = bound.write('normal', turn.signal, async () => 'written');
    turn.abort(new Error('the turn took longer than 90000 ms'));
    await expect(waiting).rejects.toMatchObject({ fault: 'unavailable', message: expect.stringContaining('Other writes') });
    earlier.resolve();
    await under;
  });

  it('with the 403 of a key that may only read is tried by one object, and all say why', async () => {
    await bench.made('other');
    signoz.setKeys({ [signoz.editorKey]: 'viewer' });
    const keys = Array.from({ length: 8 }, (_, n) => bench.apply(`rule-${n}`));
    for (const key of keys) await turns(key, 3);
    expect(keys.map(key => bench.reason(key))).toEqual(keys.map(() => 'Forbidden'));
    expect(keys.map(key => bench.condition(key, 'Stalled')?.status)).toEqual(keys.map(() => 'True'));
    expect(writes()).toEqual(['POST', 'POST']);
  });

  it('with a 429 that does not say when to come again is not followed by others at once', async () => {
    await bench.made('other');
    signoz.breakWith(answer(429), isWrite);
    const keys = Array.from({ length: 8 }, (_, n) => bench.apply(`rule-${n}`));
    for (const key of keys) await turns(key, 3);
    expect([bench.reason(keys[0] ?? ''), writes()]).toEqual(['RateLimited', ['POST', 'POST']]);
  });

  it('since SigNoz is away is known to all that are in it within seconds, however seldom they are compared', async () => {
    const [key, other] = [await bench.made('errors'), await bench.made('other')];
    await signoz.refuse();
    bench.apply('errors', ruleSpec({ description: 'new' }));
    await turns(key, 2);
    await eventually(() => bench.asked.has(other), { withinMs: 20_000 });
    await bench.turn(other);
    expect([bench.reason(other), bench.condition(other, 'Evaluating')?.status]).toEqual(['Unreachable', 'Unknown']);
  });
});

it('an object has its rule soon after its Secret is there', async () => {
  bench.secrets.clear();
  const key = await bench.made('errors');
  expect([bench.reason(key), bench.condition(key, 'Stalled')?.status]).toEqual(['SecretNotFound', 'True']);
  bench.secret('shop/signoz', signoz);
  await eventually(() => bench.asked.has(key), { withinMs: 20_000 });
  await bench.settle(key);
  expect(bench.reason(key)).toBe('Synced');
});
