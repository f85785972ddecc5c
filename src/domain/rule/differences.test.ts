import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySignozRule } from '../../../test/builders/any-signoz-rule.ts';
import { differences, type RuleDifference } from './differences.ts';
import { normalForm } from './normal-form.ts';
import { ruleHash } from './rule-hash.ts';

type Body = Readonly<Record<string, unknown>>;

const query = (spec: object, type = 'promql') => ({ type, spec });
const rule = {
  alert: 'x',
  disabled: false,
  labels: { team: 'a', 'a/b~c': '1' },
  condition: {
    compositeQuery: { queries: [query({ name: 'A', query: 'up' }), query({ name: 'B', query: 'down' })] },
    thresholds: { critical: { target: 1, channels: ['a', 'b'] } },
  },
};
const withCondition = (over: object): Body => ({ ...rule, condition: { ...rule.condition, ...over } });
const withQueries = (...queries: readonly object[]) => withCondition({ compositeQuery: { queries } });

describe('names the deepest place of', () => {
  it.each<[string, Body, readonly RuleDifference[]]>([
    ['nothing', structuredClone(rule), []],
    ['a text', { ...rule, alert: 'y' }, [{ pointer: '/alert', want: 'x', have: 'y' }]],
    ['a flag', { ...rule, disabled: true }, [{ pointer: '/disabled', want: false, have: true }]],
    ['a value of another kind', { ...rule, labels: 'a' }, [{ pointer: '/labels', want: rule.labels, have: 'a' }]],
    [
      'labels, with escapes, sorted',
      { ...rule, labels: { zone: 'z', team: 'b' } },
      [
        { pointer: '/labels/a~1b~0c', want: '1' },
        { pointer: '/labels/team', want: 'a', have: 'b' },
        { pointer: '/labels/zone', have: 'z' },
      ],
    ],
    [
      'a map that is not there, field by field',
      { ...rule, labels: undefined },
      [
        { pointer: '/labels/a~1b~0c', want: '1' },
        { pointer: '/labels/team', want: 'a' },
      ],
    ],
    [
      'a threshold',
      withCondition({ thresholds: { critical: { target: 2, channels: ['a', 'b'] } } }),
      [{ pointer: '/condition/thresholds/critical/target', want: 1, have: 2 }],
    ],
    [
      'a threshold that says nothing',
      withCondition({ thresholds: { ...rule.condition.thresholds, bare: {} } }),
      [{ pointer: '/condition/thresholds/bare', have: {} }],
    ],
    [
      'a set, which is compared whole',
      withCondition({ thresholds: { critical: { target: 1, channels: ['b'] } } }),
      [{ pointer: '/condition/thresholds/critical/channels', want: ['a', 'b'], have: ['b'] }],
    ],
    [
      'a query',
      withQueries(query({ name: 'A', query: 'up == 0' }), query({ name: 'B', query: 'down' })),
      [{ pointer: '/condition/compositeQuery/queries/0/spec/query', want: 'up', have: 'up == 0' }],
    ],
    [
      'a query that is not there, as one',
      withQueries(query({ name: 'A', query: 'up' })),
      [{ pointer: '/condition/compositeQuery/queries/1', want: query({ name: 'B', query: 'down' }) }],
    ],
    ['a name that every object has', { ...rule, constructor: 'x' }, [{ pointer: '/constructor', have: 'x' }]],
    ['__proto__', { ...rule, ...JSON.parse('{"__proto__":"x"}') }, [{ pointer: '/__proto__', have: 'x' }]],
  ])('%s', (_, have, expected) => {
    expect(differences(rule, have)).toEqual(expected);
  });
});

describe('leaves out', () => {
  it.each<[string, readonly string[], Body]>([
    ['a place', ['/alert'], { ...rule, alert: 'y' }],
    ['all below a place', ['/labels'], { ...rule, labels: { zone: 'z' } }],
    ['a place that is only here', ['/labels/team', '/labels/a~1b~0c'], { ...rule, labels: undefined }],
    ['a place that is only there', ['/foo/bar'], { ...rule, foo: { bar: 1 } }],
    ['a place with escapes', ['/labels/a~1b~0c'], { ...rule, labels: { team: 'a', 'a/b~c': '2' } }],
    ['a place in a list', ['/condition/compositeQuery/queries/1'], withQueries(query({ name: 'A', query: 'up' }))],
    ['a threshold', ['/condition/thresholds/critical'], withCondition({ thresholds: {} })],
    ['everything', [''], {}],
  ])('%s', (_, ignore, have) => {
    expect(differences(rule, have)).not.toEqual([]);
    expect(differences(rule, have, ignore)).toEqual([]);
    expect(ruleHash(have, ignore)).toBe(ruleHash(rule, ignore));
    expect(ruleHash(have)).not.toBe(ruleHash(rule));
  });

  it.each<[string, readonly string[], Body]>([
    ['what only begins with the same letters', ['/ale', '/lab'], { ...rule, alert: 'y', labels: {} }],
    ['anything for a text that is no pointer', ['alert', '/alert~'], { ...rule, alert: 'y' }],
    [
      'a part of a set',
      ['/condition/thresholds/critical/channels/0'],
      withCondition({ thresholds: { critical: { target: 1, channels: ['c', 'b'] } } }),
    ],
  ])('not %s', (_, ignore, have) => {
    expect(differences(rule, have, ignore)).toEqual(differences(rule, have));
    expect(ruleHash(have, ignore)).not.toBe(ruleHash(rule, ignore));
  });
});

const name = fc.constantFrom('a', 'b', '0', '1', 'x/y', '__proto__');
const json = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(0, 1, 'x', true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('object'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));
const object = fc.dictionary(name, json.value, { maxKeys: 4, noNullPrototype: true });
const pointers = fc.array(
  fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.map(part => `/${part.replaceAll('/', '~1')}`).join('')),
  { maxLength: 3 },
);

describe('the hash of a rule', () => {
  it('is equal where there is no difference, and only there', () => {
    fc.assert(
      fc.property(object, object, pointers, (want, have, ignore) => {
        expect(ruleHash(want, ignore) === ruleHash(have, ignore)).toBe(differences(want, have, ignore).length === 0);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['an empty list and an empty map', { a: [] }, { a: {} }],
    ['a list and an empty map', { a: [{ x: 1 }] }, { a: {} }],
    ['items that are an empty list and an empty map', { a: [[]] }, { a: [{}] }],
    ['nothing and an empty map', {}, { a: {} }],
  ])('is equal where there is no difference besides a place left out: %s', (_, want, have) => {
    for (const ignore of [[], ['/a'], ['/a/0'], ['/a/x'], ['/a/0/x']]) {
      expect([ignore, ruleHash(want, ignore) === ruleHash(have, ignore)]).toEqual([ignore, differences(want, have, ignore).length === 0]);
    }
  });

  it('knows no order of keys, and not whether a rule is disabled', () => {
    fc.assert(
      fc.property(anySignozRule, body => {
        const normal = normalForm(body);
        const turned = Object.fromEntries(Object.entries(normal).toReversed());
        expect(ruleHash({ ...turned, disabled: body['disabled'] !== true })).toBe(ruleHash(normal));
        expect(ruleHash({ ...turned, disabled: body['disabled'] !== true }, ['/labels'])).toBe(ruleHash(normal, ['/labels']));
        expect(ruleHash({ ...normal, alert: 'y' })).not.toBe(ruleHash(normal));
      }),
    );
  });

  it('is 16 digits, the same in every version: it is kept in the status', () => {
    expect(ruleHash(rule)).toBe('2531bafb636251f0');
  });
});
