import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RuleBench, ruleSpec, signozWithHook } from '../../../test/builders/rule-bench.ts';
import { benchForEach } from '../../../test/builders/rule-bench-hooks.ts';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import type { Signoz } from '../../../test/servers/signoz.ts';

let signoz: Signoz;
let bench: RuleBench;

benchForEach(made => ({ signoz, bench } = made));

const idOf = (key: string): string => bench.shown(key).status?.ruleId ?? '';
const ids = (): unknown[] => signoz.rules().map(rule => rule['id']);
const hookAt = async (instance: string): Promise<Signoz> => signozWithHook({ instance });

async function many(count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, n) => bench.apply(`rule-${n}`));
  for (const key of keys) await bench.settle(key);
  // Since when the process runs does not matter to these.
  bench.aheadMs += 10_000;
  return keys;
}

/** One turn each, as a burst is seen, and one more when the moment that it is waited for is over. */
async function burst(keys: readonly string[]): Promise<void> {
  for (const key of keys) bench.remove(key);
  for (const key of keys) await bench.turn(key);
  bench.aheadMs += 2_500;
  for (const key of keys) if (bench.objects.has(key)) await bench.turn(key);
}

describe('a burst of deletions', () => {
  it('stops before the first', async () => {
    const keys = await many(12);
    await burst(keys.slice(0, 7));
    expect(keys.slice(0, 7).map(key => bench.reason(key))).toEqual(Array.from({ length: 7 }, () => 'MassDeletion'));
    expect(ids()).toHaveLength(12);
    expect(bench.condition(keys[0] ?? '', 'Ready')?.message).toMatch(
      /^7 of 12 rules .*kubectl -n shop annotate signozalertrule rule-0 awoooi\.io\/confirm-deletion=true.* At .* its rule stays in SigNoz\.$/,
    );
  });

  it('is still one although another object is deleted minutes later', async () => {
    const keys = await many(13);
    await burst(keys.slice(0, 12));
    bench.aheadMs += 300_000;
    const last = keys[12] ?? '';
    bench.remove(last);
    await bench.turn(last);
    for (const key of keys.slice(0, 12)) await bench.turn(key);
    expect(ids()).toHaveLength(13);
  });

  it('is seen after a restart, and after SigNoz was away', async () => {
    const keys = await many(12);
    signoz.breakWith({ is: 'reset' });
    for (const key of keys) bench.remove(key);
    bench.restart();
    bench.aheadMs += 30_000;
    for (const key of keys) await bench.turn(key);
    signoz.mend();
    for (const key of keys) await bench.settle(key);
    for (const key of keys) await bench.turn(key);
    expect(ids()).toHaveLength(12);
  });

  it('goes on for those that are confirmed, and holds the others however few are left', async () => {
    const keys = await many(12);
    await burst(keys);
    for (const key of keys.slice(0, 8)) {
      bench.apply(key.replace('shop/', ''), ruleSpec(), { annotations: { 'awoooi.io/confirm-deletion': 'true' } });
      await bench.settle(key);
    }
    for (const key of keys.slice(8)) await bench.turn(key);
    expect([bench.objects.size, ids().length, bench.reason(keys[11] ?? '')]).toEqual([4, 4, 'MassDeletion']);
  });

  it('that was confirmed does not count against what is deleted later', async () => {
    const keys = await many(30);
    for (const key of keys.slice(0, 12))
      bench.apply(key.replace('shop/', ''), ruleSpec(), { annotations: { 'awoooi.io/confirm-deletion': 'true' } });
    await burst(keys.slice(0, 12));
    bench.aheadMs += 5_000;
    await burst(keys.slice(12, 15));
    expect(ids()).toHaveLength(15);
  });

  it('leaves every rule where nobody confirms it in time, and says which', async () => {
    const keys = await many(12);
    await burst(keys);
    bench.aheadMs += 600_000;
    for (const key of keys) await bench.turn(key);
    expect([bench.objects.size, ids().length, bench.told('Orphaned').length]).toEqual([0, 12, 12]);
    expect(bench.told('Orphaned')[0]).toMatch(
      /^Rule [-\da-f]+ was left in SigNoz \(http.*ruleId=.*\) since it could not be dealt with in 10m\.$/,
    );
  });

  it('is none of rules that stay: they are let go at once', async () => {
    const keys = await many(12);
    for (const key of keys) bench.apply(key.replace('shop/', ''), ruleSpec({ deletionPolicy: 'Disable' }));
    for (const key of keys) bench.remove(key);
    for (const key of keys) await bench.settle(key);
    expect([bench.objects.size, signoz.rules().map(rule => rule['state'])]).toEqual([0, Array.from({ length: 12 }, () => 'disabled')]);
  });
});

describe('the rule of a deleted object', () => {
  it('stays where it has come to be another’s', async () => {
    const key = await bench.made('errors');
    signoz.editAs('ann@example.com', idOf(key), rule => ({ ...rule, source: 'awoooi://staging/shop/errors/9' }));
    const id = idOf(key);
    bench.apply('errors', ruleSpec({ deletionPolicy: 'Disable' }));
    bench.remove(key);
    await bench.settle(key);
    expect([bench.objects.has(key), signoz.rules()]).toEqual([false, [expect.objectContaining({ id, state: 'inactive' })]]);
  });

  it('is dealt with although the spec is no longer valid: it stays', async () => {
    const key = await bench.made('errors');
    bench.apply('errors', { promql: { expr: 1 }, deletionPolicy: 'Sometimes' });
    await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Stalled')?.status]).toEqual(['InvalidSpec', 'True']);
    bench.remove(key);
    await bench.settle(key);
    expect([bench.objects.size, ids().length, bench.told('Orphaned').length]).toEqual([0, 1, 1]);
  });

  it('is held by a planned maintenance, with a word on how it gets free', async () => {
    const key = await bench.made('errors', ruleSpec({ deletionPolicy: 'Delete' }));
    signoz.planMaintenance([idOf(key)]);
    bench.remove(key);
    bench.aheadMs += 10_000;
    await bench.settle(key);
    expect(bench.reason(key)).toBe('HeldByMaintenance');
    expect(bench.condition(key, 'Ready')?.message).toContain('take the rule out of it there');
    signoz.endMaintenance();
    await bench.settle(key);
    expect([bench.objects.has(key), ids(), bench.told('Deleted').length]).toEqual([false, [], 1]);
  });

  it('that SigNoz cannot read goes too', async () => {
    const key = await bench.made('errors');
    const raw = signoz.storeRaw(JSON.stringify(postableRule({ evaluation: { kind: 'lunar' } })));
    const status = { ...bench.shown(key).status, ruleId: raw };
    bench.objects.set(key, { ...bench.shown(key), status });
    bench.restart();
    bench.apply('errors', ruleSpec({ deletionPolicy: 'Delete' }), { annotations: { 'awoooi.io/confirm-deletion': 'true' } });
    bench.remove(key);
    await bench.settle(key);
    const { status: answered } = await fetch(`${signoz.url}/api/v2/rules/${raw}`, { headers: { 'SIGNOZ-API-KEY': signoz.editorKey } });
    expect([bench.objects.has(key), ids(), answered]).toEqual([false, [], 404]);
  });

  it('is removed from the SigNoz of before as well, where the object had not yet moved', async () => {
    const other = await hookAt('other');
    const key = await bench.made('errors');
    bench.secret('shop/other', other);
    bench.apply('errors', ruleSpec({ signoz: { secretRef: { name: 'other' } } }), {
      annotations: { 'awoooi.io/confirm-deletion': 'true' },
    });
    bench.remove(key);
    await bench.settle(key);
    expect([bench.objects.has(key), ids(), other.rules(), bench.told('Moved').length]).toEqual([false, [], [], 1]);
    await other.stop();
  });
});

const toOther = (over: object = {}) => ruleSpec({ signoz: { secretRef: { name: 'other' } }, ...over });

/** The UI writes over the marker. */
function saveInUi(): void {
  signoz.editAs('ann@example.com', String(signoz.rules()[0]?.['id']), rule => ({ ...rule, source: 'https://signoz.example/alerts' }));
}

describe('an object that points to another SigNoz', () => {
  let other: Signoz;
  beforeEach(async () => {
    other = await hookAt('other');
    bench.secret('shop/other', other);
  });
  afterEach(() => other.stop());

  it('has its rule there, and no longer in the one before', async () => {
    const key = await bench.made('errors');
    bench.apply('errors', toOther());
    await bench.settle(key);
    expect([bench.reason(key), ids(), other.rules().map(rule => rule['id'])]).toEqual(['Synced', [], [idOf(key)]]);
    await bench.settle(key);
    expect(bench.told('Moved')).toHaveLength(1);
  });

  it.each([
    ['its Secret was changed and leads there no longer', {}, () => bench.secret('shop/signoz', other), 'can no longer be reached'],
    ['its key is no longer taken there', {}, () => signoz.setKeys({}), 'refused'],
    ['the rule there has lost the marker', {}, saveInUi, 'no longer carries our marker'],
    ['rules are not to be deleted', { deletionPolicy: 'Orphan' }, () => {}, 'is not to be deleted'],
    ['nothing may be deleted without approval', { mode: 'Plan' }, () => {}, 'is not to be deleted'],
  ])('tells of the rule that it leaves behind where %s', async (_, over, happens, why) => {
    const key = await bench.made('errors');
    const left = idOf(key);
    happens();
    bench.apply('errors', toOther(over));
    await bench.settle(key);
    const { hash } = bench.shown(key).status?.plan ?? {};
    if (hash !== undefined) {
      bench.apply('errors', toOther({ ...over, approvedPlan: hash }));
      await bench.settle(key);
    }
    signoz.mend();
    expect([bench.reason(key), ids(), other.rules().length]).toEqual(['Synced', [left], 1]);
    const [said = ''] = bench.told('LeftBehind');
    for (const part of [left, signoz.url, why, 'delete it there']) expect(said).toContain(part);
  });

  it('asks that of before again while it does not answer', async () => {
    const key = await bench.made('errors');
    const left = idOf(key);
    signoz.breakWith({ is: 'reset' });
    bench.apply('errors', toOther());
    await bench.settle(key);
    expect([bench.reason(key), bench.condition(key, 'Ready')?.message.includes(left)]).toEqual(['Leaving', true]);
    expect([other.rules().length, bench.told('Created').length]).toEqual([1, 2]);
    signoz.mend();
    bench.aheadMs += 15_000;
    await bench.settle(key);
    expect([bench.reason(key), ids(), other.rules().map(rule => rule['id']), bench.told('Moved').length]).toEqual([
      'Synced',
      [],
      [idOf(key)],
      1,
    ]);
  });

  it('leaves its rule in that of before where that does not answer for finalizerTimeout', async () => {
    const key = await bench.made('errors');
    const left = idOf(key);
    signoz.breakWith({ is: 'reset' });
    bench.apply('errors', toOther());
    for (let minute = 0; minute < 11; minute += 1) {
      await bench.settle(key);
      bench.aheadMs += 60_000;
    }
    signoz.mend();
    expect([bench.reason(key), ids(), other.rules().length]).toEqual(['Synced', [left], 1]);
    for (const part of [left, signoz.url, 'did not answer', 'delete it there']) expect(bench.told('LeftBehind')[0]).toContain(part);
  });

  it('that is the same one under another URL keeps its rule', async () => {
    const key = await bench.made('errors');
    const id = idOf(key);
    bench.secret('shop/alias', { url: signoz.url.replace('127.0.0.1', 'localhost'), editorKey: signoz.editorKey });
    bench.apply('errors', ruleSpec({ signoz: { secretRef: { name: 'alias' } } }));
    await bench.settle(key);
    expect([bench.reason(key), ids(), bench.told('Moved'), bench.told('LeftBehind')]).toEqual(['Synced', [id], [], []]);
    expect(bench.shown(key).status?.connection?.url).toContain('localhost');
  });
});
