import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULE_EFFECTS } from '../../src/config/slices/faults.ts';
import { readMarker } from '../../src/domain/rule/marker.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { doomed } from './doomed.ts';
import { alertRule, rulesOn, signozSecret } from './rule-stage.ts';
import { raiseStage, type Stage, stageIn } from './stage.ts';

const AT_ONCE = 4;
const CHANGED = 'changed by its object';

/** What the object undergoes while the operator dies, and at which of its effects: the first thing recorded of a new rule is that SigNoz is asked. */
const DEEDS = {
  create: ['rule-claim', 'rule-create', 'rule-record', 'rule-record:2'],
  change: ['rule-replace', 'rule-record'],
  delete: ['rule-remove', 'rule-release'],
};
type Deed = keyof typeof DEEDS;

const CASES = (['create', 'change', 'delete'] as const).flatMap(deed =>
  DEEDS[deed].flatMap(named => {
    const [effect = '', at = '1'] = named.split(':');
    return (['before', 'after'] as const).map(when => ({ deed, effect, name: `${effect}:${when}:${at}` }));
  }),
);
type Case = (typeof CASES)[number];

let first: Stage;
let redis: Part;
let signoz: Signoz;
let operator: Operator;
const stages = new Map<Case, Stage>();
/** How many rules of the object the dead process left in SigNoz. */
const left = new Map<Case, number>();

/** Every case has a namespace of its own, in which an operator dies; then one looks after all of them. */
beforeAll(async () => {
  [first, redis, signoz] = await Promise.all([
    raiseStage('rule-failpoint'),
    startRedis(),
    startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1' }] }] }),
  ]);
  await inTurn(async one => void stages.set(one, await prepared(one)));
  operator = await lookAfter(({ deed }) => deed !== 'create');
  await Promise.all(CASES.filter(({ deed }) => deed !== 'create').map(one => rulesOn(stageOf(one)).synced('rule')));
  await operator.stop();
  await inTurn(died);
  operator = await lookAfter(() => true);
}, 180_000);

afterAll(() => Promise.all([operator, signoz, redis].map(part => part.stop())));

async function inTurn(work: (one: Case) => Promise<void>): Promise<void> {
  const queue = [...CASES];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function prepared({ deed, effect }: Case): Promise<Stage> {
  const stage = await stageIn(first.cluster, effect);
  await stage.apply(signozSecret(signoz), ...(deed === 'create' ? [] : [alertRule('rule')]));
  return stage;
}

/** In a namespace that keeps no lease of a dead process. */
async function lookAfter(which: (one: Case) => boolean): Promise<Operator> {
  const { namespace } = await stageIn(first.cluster, 'leader');
  const namespaces = CASES.filter(which).map(one => stageOf(one).namespace);
  return startOperator(first.operator(redis.url, { AWOOOI_NAMESPACES: namespaces.join(','), AWOOOI_POD_NAMESPACE: namespace }));
}

const ASKED: Readonly<Record<Deed, (stage: Stage) => Promise<unknown>>> = {
  create: stage => stage.apply(alertRule('rule')),
  change: stage => rulesOn(stage).patch('rule', { name: CHANGED }),
  delete: stage => stage.kubectl('delete', 'sar', 'rule', '--wait=false'),
};

async function died(one: Case): Promise<void> {
  const stage = stageOf(one);
  await ASKED[one.deed](stage);
  await doomed(`${one.deed}, ${one.name}`, stage.operator(redis.url, { AWOOOI_FAILPOINT: one.name }));
  left.set(one, rulesOf(stage).length);
}

/** Where a rule is in SigNoz when the operator has died. */
const LEFT: Readonly<Record<Deed, RegExp>> = {
  create: /rule-create:after|rule-record:(?:before|after):2/,
  change: /./,
  delete: /rule-remove:before/,
};

function stageOf(one: Case): Stage {
  const stage = stages.get(one);
  if (!stage) throw new Error(`${one.name} was not tried`);
  return stage;
}

function rulesOf({ namespace }: Stage) {
  return signoz.rules().filter(({ source }) => readMarker(source)?.namespace === namespace);
}

it('has every effect killed', () => {
  expect(new Set<string>(CASES.map(({ effect }) => effect))).toEqual(new Set(RULE_EFFECTS));
});

describe.each(CASES)('killed at $name of a $deed', one => {
  it('left no second rule, nor one that nobody had claimed', () => {
    expect(left.get(one)).toBe(LEFT[one.deed].test(one.name) ? 1 : 0);
  });

  it('is made good by whoever comes next, with one rule or none', async () => {
    const wanted = await madeGood(one);
    const found = rulesOf(stageOf(one));
    expect(found).toMatchObject(wanted);
    expect(found.length).toBe(wanted.length);
  });
});

/** Waits for the object to be Ready or gone; what SigNoz must have then. */
async function madeGood(one: Case): Promise<readonly object[]> {
  const rules = rulesOn(stageOf(one));
  if (one.deed === 'delete') {
    await rules.gone('rule');
    return [];
  }
  const { status } = await rules.synced('rule');
  return [{ id: status.ruleId, alert: one.deed === 'change' ? CHANGED : 'rule', state: status.remoteState }];
}

it('creates no rule twice', () => {
  const posts = signoz.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/rules'));
  expect(posts.length).toBe(CASES.length);
});
