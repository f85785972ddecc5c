import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RuleBench, ruleSpec, signozWithHook } from '../../../test/builders/rule-bench.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';

let signoz: Signoz;
let other: Signoz;
let third: Signoz;
let bench: RuleBench;

beforeEach(async () => {
  [signoz, other, third] = await Promise.all([
    signozWithHook(),
    signozWithHook({ instance: 'other' }),
    signozWithHook({ instance: 'third' }),
  ]);
  bench = new RuleBench(signoz);
  bench.secret('shop/other', other);
  bench.secret('shop/third', third);
});
afterEach(async () => {
  await bench.stop();
  await Promise.all([signoz, other, third].map(one => one.stop()));
});

const toOther = (over: object = {}): object => ruleSpec({ signoz: { secretRef: { name: 'other' } }, ...over });
const toThird = (): object => ruleSpec({ signoz: { secretRef: { name: 'third' } } });
const counts = (): number[] => [signoz, other, third].map(one => one.rules().length);
const idOf = (key: string): string => bench.shown(key).status?.ruleId ?? '';
const edited = (over: object): void =>
  other.editAs('ann@example.com', String(other.rules()[0]?.['id']), rule => ({ ...rule, description: 'hers', ...over }));

/** It points to the other one, and that of before does not answer. */
async function leaving(over: object = {}): Promise<{ key: string; left: string }> {
  const key = await bench.made('errors', ruleSpec(over));
  const left = idOf(key);
  signoz.breakWith({ is: 'reset' });
  bench.apply('errors', toOther(over));
  await bench.settle(key);
  expect([bench.reason(key), bench.shown(key).status?.leaving?.map(one => one.ruleId)]).toEqual(['Leaving', [left]]);
  return { key, left };
}

async function later(key: string): Promise<void> {
  bench.aheadMs += 20_000;
  await bench.settle(key);
}

async function answersAgain(key: string): Promise<void> {
  signoz.mend();
  await later(key);
}

describe('an object whose SigNoz of before does not answer', () => {
  it('has one rule in the end where it points to a third one meanwhile', async () => {
    const { key } = await leaving();
    bench.apply('errors', toThird());
    await bench.settle(key);
    expect([bench.reason(key), counts()]).toEqual(['Leaving', [1, 0, 1]]);
    await answersAgain(key);
    expect([bench.reason(key), counts(), bench.told('Moved').length, bench.told('LeftBehind')]).toEqual(['Synced', [0, 0, 1], 2, []]);
  });

  it('names both where the second one does not answer either', async () => {
    const { key, left } = await leaving();
    const second = idOf(key);
    other.breakWith({ is: 'reset' });
    bench.apply('errors', toThird());
    await bench.settle(key);
    const { message = '' } = bench.condition(key, 'Ready') ?? {};
    expect([message.includes(left), message.includes(second), message.length <= 1_024]).toEqual([true, true, true]);
    other.mend();
    await answersAgain(key);
    expect([bench.reason(key), counts(), bench.shown(key).status?.leaving]).toEqual(['Synced', [0, 0, 1], undefined]);
  });

  it('has its rule of before again, and none besides, where it points back', async () => {
    const { key, left } = await leaving();
    edited({});
    signoz.mend();
    bench.apply('errors', ruleSpec());
    await later(key);
    expect([bench.reason(key), idOf(key), counts(), bench.shown(key).status?.leaving]).toEqual(['Synced', left, [1, 0, 0], undefined]);
  });

  it('knows its rule of before by its id where it points back, though the UI wrote over its marker', async () => {
    const { key, left } = await leaving();
    signoz.mend();
    signoz.editAs('ann@example.com', left, rule => ({ ...rule, source: 'https://signoz.example/alerts' }));
    bench.apply('errors', ruleSpec());
    await later(key);
    expect([bench.reason(key), idOf(key), counts()]).toEqual(['Synced', left, [1, 0, 0]]);
  });

  it('has no second rule where the UI writes over the marker of the new one', async () => {
    const { key } = await leaving();
    edited({ source: 'https://signoz.example/alerts' });
    bench.restart();
    await later(key);
    expect([bench.reason(key), counts()]).toEqual(['Leaving', [1, 1, 0]]);
  });

  it('remembers it while a change of the new rule is only told of', async () => {
    const { key, left } = await leaving({ drift: { policy: 'Report' } });
    edited({});
    bench.restart();
    await later(key);
    expect(bench.condition(key, 'Drifted')?.reason).toBe('DriftReported');
    await answersAgain(key);
    expect([bench.reason(key), counts(), bench.told('Moved')]).toEqual(['DriftReported', [0, 1, 0], [expect.stringContaining(left)]]);
  });

  it('remembers it while a change waits for approval', async () => {
    const { key, left } = await leaving();
    bench.apply('errors', toOther({ mode: 'Plan', description: 'new' }));
    await bench.settle(key);
    expect([bench.reason(key), bench.told('LeftBehind')]).toEqual(['PlanPending', [expect.stringContaining(left)]]);
  });

  it('has as long as it says, however long it was suspended before', async () => {
    const key = await bench.made('errors');
    bench.apply('errors', ruleSpec({ suspend: true }));
    await bench.settle(key);
    bench.aheadMs += 3 * 3_600_000;
    signoz.breakWith({ is: 'reset' });
    bench.apply('errors', toOther());
    await bench.settle(key);
    await later(key);
    expect([bench.reason(key), bench.told('LeftBehind')]).toEqual(['Leaving', []]);
    await answersAgain(key);
    expect([bench.reason(key), counts()]).toEqual(['Synced', [0, 1, 0]]);
  });

  it('says what is known of the new rule all the same', async () => {
    await leaving();
    expect(['Synced', 'Drifted', 'Evaluating'].map(type => bench.condition('shop/errors', type)?.status)).toEqual([
      'True',
      'False',
      'True',
    ]);
    other.unload(idOf('shop/errors'));
    bench.restart();
    const real = bench.rules;
    bench.rules = {
      ...real,
      async replace(connection, sent, caller) {
        const answer = await real.replace(connection, sent, caller);
        other.unload(sent.id);
        return answer;
      },
    };
    await later('shop/errors');
    expect([bench.reason('shop/errors'), bench.condition('shop/errors', 'Evaluating')?.reason]).toEqual(['NotLoaded', 'NotLoaded']);
    expect(bench.condition('shop/errors', 'Reconciling')?.reason).toBe('Leaving');
  });
});

describe('an object that is deleted while its SigNoz of before does not answer', () => {
  const confirmed = { annotations: { 'awoooi.io/confirm-deletion': 'true' } };

  it('goes once both rules are gone', async () => {
    const { key } = await leaving();
    bench.apply('errors', toOther(), confirmed);
    bench.remove(key);
    await later(key);
    expect([bench.objects.has(key), counts(), bench.reason(key)]).toEqual([true, [1, 0, 0], 'Unreachable']);
    await answersAgain(key);
    expect([bench.objects.has(key), counts()]).toEqual([false, [0, 0, 0]]);
  });

  it('is let go in time, and names the rule that stays, and no other', async () => {
    const { key, left } = await leaving();
    const here = idOf(key);
    bench.apply('errors', toOther(), confirmed);
    bench.remove(key);
    await later(key);
    bench.aheadMs += 600_000;
    await bench.settle(key);
    const [said = ''] = bench.told('Orphaned');
    expect([bench.objects.has(key), said.includes(left), said.includes(here)]).toEqual([false, true, false]);
  });

  it('names both rules where they are to stay', async () => {
    const { key, left } = await leaving();
    const here = idOf(key);
    bench.apply('errors', toOther({ deletionPolicy: 'Orphan' }));
    bench.remove(key);
    await bench.settle(key);
    const [said = ''] = bench.told('Orphaned');
    expect([said.includes(left), said.includes(here)]).toEqual([true, true]);
  });
});

it('many objects do not wait for each other where the SigNoz of before is silent', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  for (const name of names) await bench.made(name);
  const before = signoz.requests.length;
  signoz.breakWith({ is: 'reset' }, ({ path }) => path.includes('/rules/'));
  for (const name of names) await bench.settle(bench.apply(name, toOther()));
  const asked = signoz.requests.slice(before).filter(({ path }) => path.includes('/rules/')).length;
  expect([names.map(name => bench.reason(`shop/${name}`)), asked]).toEqual([names.map(() => 'Leaving'), 1]);
});
