import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postableRule } from '../../../test/builders/signoz-rule.ts';
import type { LiveRule } from '../../domain/ports/signoz-rules.ts';
import { Inventory } from './inventory.ts';

function inventory(held: Readonly<Record<string, string>> = {}, ignored: Readonly<Record<string, readonly string[]>> = {}): Inventory {
  return new Inventory({ clusterId: 'prod', keyOfRule: id => held[id], ignoredBy: key => ignored[key] ?? [] });
}

function live(id: string, over: Partial<LiveRule> & { readonly source?: string; readonly alert?: string } = {}): LiveRule {
  const { source = 'awoooi://prod/shop/errors/1', alert = 'errors', ...rest } = over;
  const audit = { createdAt: '2026-11-27T08:00:00Z', updatedAt: '2026-11-27T09:00:00Z', updatedBy: 'rules-operator' };
  return { id, state: 'inactive', disabled: false, ...audit, body: postableRule({ source, alert }), ...rest };
}

const THEIRS = 'awoooi://staging/shop/errors/1';
const sortedIds = (entries: readonly { readonly id: string }[]): string[] => idsOf(entries).toSorted((a, b) => a.localeCompare(b));
const idsOf = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);

describe('whose a rule is', () => {
  it('is said by its marker: ours, another cluster’s, or nobody’s', () => {
    const rules = inventory();
    for (const rule of [live('a'), live('b', { source: THEIRS }), live('c', { source: '' }), live('d')]) rules.see(rule);
    expect([idsOf(rules.ownedBy('shop/errors')), idsOf(rules.unowned('errors')), rules.size]).toEqual([['a', 'd'], ['c'], 4]);
  });

  it('changes with what is seen later', () => {
    const rules = inventory();
    rules.see(live('a'));
    rules.see(live('a', { source: THEIRS }));
    expect([rules.ownedBy('shop/errors'), rules.unowned('errors'), rules.get('a')?.marker?.clusterId]).toEqual([[], [], 'staging']);
    rules.see(live('a', { source: '' }));
    expect(idsOf(rules.unowned('errors'))).toEqual(['a']);
    rules.drop('a');
    expect([rules.unowned('errors'), rules.size]).toEqual([[], 0]);
  });
});

describe('the hash of a rule', () => {
  it('leaves out what its object ignores, told by the marker or by the status', () => {
    const ignored = { 'shop/errors': ['/annotations'] };
    const changed = {
      ...live('a'),
      body: postableRule({ source: 'awoooi://prod/shop/errors/1', alert: 'errors', annotations: { summary: 'hers' } }),
    };
    const strict = [inventory().see(live('a')).hash, inventory().see(changed).hash];
    expect(strict[0]).not.toBe(strict[1]);
    expect(inventory({}, ignored).see(changed).hash).toBe(inventory({}, ignored).see(live('a')).hash);
    const unmarked = live('b', { source: '' });
    expect(inventory({ b: 'shop/errors' }).see(unmarked).hash).not.toBe('');
  });

  it('is not worked out for a rule that is nobody’s here', () => {
    expect([inventory().see(live('a', { source: '' })).hash, inventory().see(live('b', { source: THEIRS })).hash]).toEqual(['', '']);
  });
});

function listed(...rules: readonly LiveRule[]): Inventory {
  const all = inventory({ u: 'shop/unmarked' });
  for (const rule of rules) all.see(rule);
  return all;
}

/** Rules as they stood, by their ids. */
function same(...ids: readonly string[]): readonly LiveRule[] {
  const sources: Readonly<Record<string, string>> = { b: 'awoooi://prod/shop/latency/1', u: '', x: THEIRS };
  return ids.map(id => live(id, { source: sources[id] ?? 'awoooi://prod/shop/errors/1' }));
}

describe('what has changed since an earlier list', () => {
  const before = listed(...same('a', 'b', 'u', 'x'));

  it.each<[string, Inventory, readonly string[]]>([
    ['nothing', listed(...same('a', 'b', 'u', 'x')), []],
    ['a state', listed(live('a', { state: 'firing' }), ...same('b', 'u', 'x')), ['shop/errors']],
    ['a time', listed(live('a', { updatedAt: '2026-11-27T09:30:00Z' }), ...same('b', 'u', 'x')), ['shop/errors']],
    ['a rule that is gone', listed(...same('a', 'u', 'x')), ['shop/latency']],
    ['the rule that the status names, without a marker', listed(...same('a', 'b', 'x')), ['shop/unmarked']],
    ['another cluster’s', listed(...same('a', 'b', 'u'), live('x', { source: THEIRS, state: 'firing' })), []],
    ['one more with our marker', listed(...same('a', 'b', 'u', 'x'), live('c')), ['shop/errors']],
  ])('%s', (_, after, keys) => {
    expect([...after.changedSince(before)]).toEqual(keys);
  });

  it('is all of ours after the first', () => {
    expect([...before.changedSince(undefined)].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'shop/errors',
      'shop/latency',
      'shop/unmarked',
    ]);
  });
});

it('finds every rule where it belongs, in whatever order they are seen, seen again and dropped', () => {
  const sources = ['', THEIRS, 'awoooi://prod/shop/errors/1', 'awoooi://prod/shop/latency/1'];
  const event = fc.record({ id: fc.constantFrom('a', 'b', 'c'), source: fc.constantFrom(...sources), drops: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), events => {
      const rules = inventory();
      const expected = new Map<string, string>();
      for (const { id, source, drops } of events) {
        if (drops) rules.drop(id);
        else rules.see(live(id, { source }));
        if (drops) expected.delete(id);
        else expected.set(id, source);
      }
      const at = (source: string) =>
        [...expected].flatMap(([id, its]) => (its === source ? [id] : [])).toSorted((a, b) => a.localeCompare(b));
      expect(sortedIds(rules.ownedBy('shop/errors'))).toEqual(at('awoooi://prod/shop/errors/1'));
      expect(sortedIds(rules.ownedBy('shop/latency'))).toEqual(at('awoooi://prod/shop/latency/1'));
      expect([sortedIds(rules.unowned('errors')), rules.size]).toEqual([at(''), expected.size]);
    }),
  );
});
