import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULE_EFFECTS } from '../../src/config/slices/faults.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type Death, death, OBJECT, type Place, placeFor, STORIES, writesAt } from './rule-deaths.ts';
import { rulesOn } from './rule-stage.ts';
import { raiseStage } from './stage.ts';

const AT_ONCE = 4;
const CASES = Object.entries(STORIES).flatMap(([title, story]) =>
  story.failpoints.map(failpoint => ({ title, story, failpoint, name: `${title} ${failpoint}` })),
);
type Case = (typeof CASES)[number];

let redis: Part;
let operator: Operator;
const places = new Map<string, Place>();
const deaths = new Map<string, Death>();

/**
 * Every case has a namespace and a SigNoz of its own, and an operator that dies at its failpoint. One operator makes the rules of before for
 * all of them; another comes after all the dead.
 */
beforeAll(async () => {
  const first = await raiseStage('rule-failpoints');
  redis = await startRedis();
  await each(CASES, async ({ name, title, story }) => void places.set(name, await placeFor(first, title.replace(/\W+/g, '-'), story)));
  const namespaces = [...places.values()].map(({ stage }) => stage.namespace).join(',');
  const startForAll = () => startOperator(first.operator(redis.url, { AWOOOI_NAMESPACES: namespaces }));
  operator = await startForAll();
  await each(CASES, async one => void (one.story.isNew === true || (await rulesOn(placeOf(one).stage).synced(OBJECT))));
  // In good order, so that its lease need not be waited for.
  await operator.halt();
  await operator.stop();
  const { url: redisUrl } = redis;
  await each(CASES, async one => {
    const { name, failpoint, story } = one;
    deaths.set(name, await death(first, placeOf(one), { redisUrl, failpoint, act: story.act }));
  });
  operator = await startForAll();
}, 240_000);
afterAll(async () => {
  await operator?.stop();
  await Promise.all([redis, ...[...places.values()].map(({ signoz }) => signoz)].map(part => part?.stop()));
});

async function each(cases: readonly Case[], work: (one: Case) => Promise<void>): Promise<void> {
  const queue = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function found<T>(what: ReadonlyMap<string, T>, name: string): T {
  const one = what.get(name);
  if (one === undefined) throw new Error(`${name} was not tried`);
  return one;
}

const placeOf = ({ name }: Pick<Case, 'name'>): Place => found(places, name);

it('every effect has its story', () => {
  const named = new Set(CASES.map(({ failpoint }) => failpoint.split(':').slice(0, 2).join(':')));
  expect([...named].toSorted()).toEqual(RULE_EFFECTS.flatMap(effect => [`${effect}:after`, `${effect}:before`]).toSorted());
});

describe.each(CASES)('killed at $failpoint when it was to $title', one => {
  it('wrote nothing for an object that it had not claimed', () => {
    const { object, written } = found(deaths, one.name);
    expect(written.length === 0 || object === undefined || object.metadata.finalizers.length === 1).toBe(true);
  });

  it('is made good by whoever comes next: one rule, and nothing is written twice', async () => {
    const { signoz } = placeOf(one);
    const { before } = found(deaths, one.name);
    const id = await madeGood(one);
    const its = id === undefined ? {} : { id };
    expect(signoz.rules()).toMatchObject(one.story.rules.map(rule => ({ ...rule, ...its })));
    expect(writesAt(signoz, before)).toEqual(one.story.writes);
  });
});

/** Once the object is Ready or gone; its rule. */
async function madeGood(one: Case): Promise<string | undefined> {
  const { stage, signoz } = placeOf(one);
  const rules = rulesOn(stage);
  if (one.story.ends === true) {
    await rules.gone(OBJECT);
    return undefined;
  }
  const { before } = found(deaths, one.name);
  await rules.until(OBJECT, rule => rule.status.written !== undefined && writesAt(signoz, before).length >= one.story.writes.length);
  return (await rules.synced(OBJECT)).status.ruleId;
}
