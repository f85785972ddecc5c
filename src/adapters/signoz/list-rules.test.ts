import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import { NOBODY, type SignozRulesWorld, signozRulesWorld } from '../../../test/builders/signoz-rules-world.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';

let world: SignozRulesWorld;

beforeAll(async () => {
  world = await signozRulesWorld();
});
afterEach(() => world.signoz.mend());
afterAll(() => world.stop());

const { signal } = new AbortController();
const json = { 'content-type': 'application/json' };
const shown = (n: number, over: object = {}) => ({ id: `${n}`, state: 'inactive', ...postableRule({ disabled: false }), ...over });
const list = (data: unknown): string => JSON.stringify({ status: 'success', data });

/** What was handed over before the list ended, and how. */
async function cutShort(): Promise<{ seen: readonly string[]; err: Error }> {
  const seen: string[] = [];
  const err = await world.failure(world.rules.list(world.connection, ({ id }) => seen.push(id), signal));
  return { seen, err };
}

describe('a list', () => {
  it('has every rule as a single read shows it', async () => {
    const ids = [await world.created(), await world.created({ alert: '{"]} \\" ü 😀 \u2028' }), await world.created({ disabled: true })];
    const rules = await world.listed();
    expect(rules.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    for (const rule of rules) expect(rule).toEqual(await world.found(rule.id));
  });

  it('of nothing is one', async () => {
    world.answer(200, { status: 'success', data: [] });
    expect(await world.listed()).toEqual([]);
  });

  it('takes what the server owns out of the body, and nothing else', async () => {
    const audit = { createdAt: 'c', updatedAt: 'u', createdBy: 'x', updatedBy: 'y' };
    const body = { alert: 'a', disabled: true, source: 's', fromTheFuture: { id: 1 } };
    world.answer(200, list([{ ...body, ...audit, id: NOBODY, state: 'firing' }]).replace('"alert"', '"__proto__":{"a":1},"alert"'), json);
    const [rule] = await world.listed();
    expect(JSON.stringify(rule?.body)).toBe(`{"__proto__":{"a":1},${JSON.stringify(body).slice(1)}`);
    expect(rule).toMatchObject({ id: NOBODY, state: 'firing', disabled: true, createdAt: 'c', updatedAt: 'u', updatedBy: 'y' });
  });
});

describe('a list that is not whole is `malformed`', () => {
  it.each<[string, string, readonly string[]]>([
    ['cut between rules', list([shown(1), shown(2)]).slice(0, -3), ['1']],
    ['cut after the last rule', list([shown(1), shown(2)]).slice(0, -2), ['1', '2']],
    ['cut in a rule', list([shown(1), shown(2)]).slice(0, -40), ['1']],
    ['with something after it', `${list([shown(1)])}{}`, ['1']],
    ['of an error', JSON.stringify({ status: 'error', data: [] }), []],
    ['of v1', list({ rules: [shown(1)] }), []],
    ['with a rule that has no id', list([shown(1), { alert: 'x' }, shown(3)]), ['1']],
    ['with a rule that has an empty id', list([{ ...shown(1), id: '' }]), []],
    ['with something that is no rule', list([shown(1), null]), ['1']],
    ['with a flag that is none', list([shown(1, { disabled: 'no' })]), []],
    ['of nothing', '', []],
  ])('%s', async (_, body, seen) => {
    world.answer(200, body, json);
    const cut = await cutShort();
    expect(cut).toMatchObject({
      seen,
      err: { fault: 'malformed', message: expect.stringContaining("SigNoz's list of rules is not whole") },
    });
  });

  it('when the connection ends in it', async () => {
    world.signoz.breakWith({ is: 'truncated' });
    const message = expect.stringContaining("SigNoz's list of rules was cut off after 0 rules");
    expect((await cutShort()).err).toMatchObject({ fault: 'malformed', detail: 'reset', message });
  });

  it('and what comes after the fault is not handed over', async () => {
    const body = list([{}, ...Array.from({ length: 500 }, (_, n) => shown(n))]);
    world.answer(200, body, json);
    expect((await cutShort()).seen).toEqual([]);
  });
});

it('passes on what its caller throws, and hands over nothing more', async () => {
  world.answer(200, list(Array.from({ length: 500 }, (_, n) => shown(n))), json);
  let seen = 0;
  const see = (): void => {
    seen++;
    throw new Error('of the caller');
  };
  await expect(world.rules.list(world.connection, see, signal)).rejects.toThrow('of the caller');
  expect(seen).toBe(1);
});

it('hands nothing over once its caller has given up', async () => {
  world.answer(200, list(Array.from({ length: 500 }, (_, n) => shown(n))), json);
  const giveUp = new AbortController();
  const seen: LiveRule[] = [];
  const listing = world.rules.list(
    world.connection,
    rule => {
      seen.push(rule);
      giveUp.abort();
    },
    giveUp.signal,
  );
  expect(await world.failure(listing)).toMatchObject({ fault: 'unreachable', detail: 'timed-out' });
  const then = seen.length;
  expect(then).toBeLessThan(200);
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  expect(seen.length).toBe(then);
});

it('lets others have their turn between any two dozen rules or so', async () => {
  const rule = shown(1, { annotations: { summary: 'x'.repeat(900) } });
  world.answer(200, list(Array.from({ length: 600 }, (_, n) => ({ ...rule, id: `${n}` }))), json);
  let turn = 0;
  let isOver = false;
  const counting = (): void => {
    turn++;
    if (!isOver) setImmediate(counting);
  };
  counting();
  const inTurn = new Map<number, number>();
  await world.rules.list(world.connection, () => inTurn.set(turn, (inTurn.get(turn) ?? 0) + 1), signal);
  isOver = true;
  expect([...inTurn.values()].reduce((sum, some) => sum + some, 0)).toBe(600);
  expect(Math.max(...inTurn.values())).toBeLessThanOrEqual(30);
});
