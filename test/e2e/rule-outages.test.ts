import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { postableRule } from '../builders/signoz-rule.ts';
import type { Fault, Received } from '../servers/http-server.ts';
import { type Signoz, type SignozOptions, startSignoz } from '../servers/signoz.ts';
import { alertRule, rulesOn, signozSecret, signozView } from './rule-stage.ts';
import { raiseStage, secret, type Stage, stageIn } from './stage.ts';

/** A namespace with a SigNoz of its own. */
interface Place {
  readonly stage: Stage;
  signoz: Signoz;
}

const CHANNELS = [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1' }] }];
const RENEWED = 'cmVuZXdlZC1rZXktb2YtdGhlLXN0YW5kLWlu';
/** While nothing is as it was: lists, each with a look at the channels, and what single rules are asked. */
const MOST_REQUESTS = 40;
const isList = ({ method, path }: Received): boolean => method === 'GET' && path.endsWith('/rules');
const replying = (status: number, type: string): Fault => ({
  is: 'answer',
  reply: { status, headers: { 'content-type': type }, body: '<html>no SigNoz</html>' },
});

interface Outage {
  readonly name: string;
  readonly begin: (place: Place) => unknown;
  readonly reason: string;
  readonly end: (place: Place) => unknown;
}

const mended = ({ signoz }: Place): void => signoz.mend();
const OUTAGES: readonly Outage[] = [
  {
    name: 'a key that may only read',
    begin: onlyReading,
    reason: 'Forbidden',
    end: ({ signoz }) => signoz.setKeys({ [signoz.editorKey]: 'editor' }),
  },
  { name: 'a key that was revoked', begin: ({ signoz }) => signoz.setKeys({ [RENEWED]: 'editor' }), reason: 'Unauthorized', end: renewed },
  { name: 'a SigNoz that is down', begin: ({ signoz }) => signoz.refuse(), reason: 'Unreachable', end: ({ signoz }) => signoz.accept() },
  { name: 'a list that is cut', begin: ({ signoz }) => signoz.breakWith({ is: 'truncated' }, isList), reason: 'Malformed', end: mended },
  {
    name: 'a page instead of the API',
    begin: ({ signoz }) => signoz.breakWith(replying(200, 'text/html')),
    reason: 'NotSignoz',
    end: mended,
  },
  {
    name: 'a gateway without SigNoz',
    begin: ({ signoz }) => signoz.breakWith(replying(502, 'text/html')),
    reason: 'Unavailable',
    end: mended,
  },
];

let first: Stage;
let redis: Part;
let operator: Operator;
const places = new Map<string, Place>();

beforeAll(async () => {
  [first, redis] = await Promise.all([raiseStage('rule-outages'), startRedis()]);
  for (const { name } of OUTAGES) await raised(name);
  await raised('too old', { version: 'v0.119.0' });
  for (const name of ['down at start', 'empty', 'old backup', 'another instance']) await raised(name);
  await placeOf('down at start').signoz.refuse();
  const namespaces = [...places.values()].map(({ stage }) => stage.namespace).join(',');
  operator = await startOperator(first.operator(redis.url, { AWOOOI_NAMESPACES: namespaces }));
});

afterAll(() => Promise.all([operator, redis, ...[...places.values()].map(({ signoz }) => signoz)].map(part => part.stop())));

async function raised(name: string, options: SignozOptions = {}): Promise<void> {
  const stage = await stageIn(first.cluster, 'rule-outage');
  const signoz = await startSignoz({ channels: CHANNELS, ...options });
  places.set(name, { stage, signoz });
  await stage.apply(signozSecret(signoz), alertRule('rule', { resync: '10s' }));
}

function placeOf(name: string): Place {
  const place = places.get(name);
  if (!place) throw new Error(`there is no place ${name}`);
  return place;
}

/** Another SigNoz on the same port. */
async function replaced(place: Place, options: SignozOptions): Promise<void> {
  const { port } = place.signoz;
  await place.signoz.stop();
  place.signoz = await startSignoz({ channels: CHANNELS, port, ...options });
}

async function onlyReading({ signoz, stage }: Place): Promise<void> {
  signoz.setKeys({ [signoz.editorKey]: 'viewer' });
  await rulesOn(stage).patch('rule', { description: 'changed meanwhile' });
}

function renewed({ signoz, stage }: Place): Promise<void> {
  return stage.apply(secret('signoz', { url: signoz.url, apiKey: RENEWED }));
}

const writesThat = (signoz: Signoz, method: string) =>
  signozView(signoz)
    .writes()
    .filter(write => write.method === method);

describe.concurrent.each(OUTAGES)('$name', ({ name, begin, reason, end }) => {
  it(`makes the rule not Ready because ${reason}, and passes by itself`, { timeout: 110_000 }, async () => {
    const place = placeOf(name);
    const { stage, signoz } = place;
    const rules = rulesOn(stage);
    const before = await rules.synced('rule');
    const [from, stored] = [signoz.requests.length, signoz.rules()];
    await begin(place);
    const meanwhile = await rules.until('rule', rule => rules.condition(rule, 'Ready')?.reason === reason, 60_000);
    expect(rules.condition(meanwhile, 'Ready')?.status).toBe('False');
    expect(rules.condition(meanwhile, 'Ready')?.message).toMatch(/^[A-Z].*\.$/);
    expect(signoz.rules()).toEqual(stored);
    await end(place);
    const after = await rules.until('rule', rule => rules.condition(rule, 'Ready')?.status === 'True', 100_000);
    expect(after.status.ruleId).toBe(before.status.ruleId);
    expect(signoz.rules().map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    expect(writesThat(signoz, 'POST').length).toBe(1);
    expect(writesThat(signoz, 'DELETE')).toEqual([]);
    expect(signoz.requests.length - from).toBeLessThan(MOST_REQUESTS);
  });
});

describe.concurrent('a SigNoz that', () => {
  it('is too old is told so, and has its rules once it was upgraded', async () => {
    const place = placeOf('too old');
    const rules = rulesOn(place.stage);
    const seen = await rules.because('rule', 'UnsupportedVersion');
    expect(rules.condition(seen, 'Ready')?.message).toContain('SigNoz v0.119.0 is too old');
    expect(signozView(place.signoz).writes()).toEqual([]);
    await replaced(place, {});
    await rules.until('rule', rule => rules.condition(rule, 'Ready')?.status === 'True', 60_000);
    expect(place.signoz.rules().length).toBe(1);
  });

  it('is down when the operator starts gets its rule when it comes', async () => {
    const { stage, signoz } = placeOf('down at start');
    const rules = rulesOn(stage);
    await rules.because('rule', 'Unreachable');
    await signoz.accept();
    await rules.until('rule', rule => rules.condition(rule, 'Ready')?.status === 'True', 60_000);
    expect(writesThat(signoz, 'POST').length).toBe(1);
  });

  it('comes back empty has its rule created again, once', async () => {
    const { stage, signoz } = placeOf('empty');
    const rules = rulesOn(stage);
    const before = await rules.synced('rule');
    signoz.empty();
    const after = await rules.until('rule', ({ status }) => status.ruleId !== before.status.ruleId, 60_000);
    expect(rules.condition(after, 'Ready')?.status).toBe('True');
    expect(after.status.lastDrift?.fields).toEqual(['']);
    expect(signoz.rules().map(({ id }) => id)).toEqual([after.status.ruleId]);
    expect(writesThat(signoz, 'POST').length).toBe(2);
  });

  it('comes back from an old backup has the rules of then put right, and the later ones created', async () => {
    const { stage, signoz } = placeOf('old backup');
    const rules = rulesOn(stage);
    const { status } = await rules.synced('rule');
    const backup = signoz.snapshot();
    await rules.patch('rule', { name: 'after the backup' });
    await stage.apply(alertRule('later', { resync: '10s' }));
    await rules.synced('rule');
    const later = await rules.synced('later');
    signoz.restore(backup);
    await rules.until('later', now => now.status.ruleId !== later.status.ruleId, 60_000);
    await rules.until('rule', now => now.status.lastDrift?.fields.includes('/alert') === true, 60_000);
    expect(new Set(signoz.rules().map(({ alert }) => alert))).toEqual(new Set(['after the backup', 'later']));
    expect(signoz.rules().length).toBe(2);
    expect(signoz.rules().map(({ id }) => id)).toContain(status.ruleId);
  });

  it('is another one behind the same URL gets the rule too, and keeps its own', async () => {
    const place = placeOf('another instance');
    const rules = rulesOn(place.stage);
    const before = await rules.synced('rule');
    await replaced(place, { instance: 'b' });
    const [foreign] = place.signoz.seed([postableRule()]);
    const after = await rules.until('rule', ({ status }) => status.ruleId !== before.status.ruleId, 60_000);
    expect(new Set(place.signoz.rules().map(({ id }) => id))).toEqual(new Set([foreign, after.status.ruleId]));
    expect(
      signozView(place.signoz)
        .writes()
        .map(({ method }) => method),
    ).toEqual(['POST']);
  });
});
