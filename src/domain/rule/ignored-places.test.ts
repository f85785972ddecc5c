import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postableRule, ruleCondition, ruleQueries, ruleThresholds } from '../../../test/builders/signoz-rule.ts';
import { anySignozRule } from '../../../test/builders/any-signoz-rule.ts';
import { differences } from './differences.ts';
import { keepingIgnored } from './ignored-places.ts';
import { normalForm } from './normal-form.ts';

const promql = (query: string) => ({ type: 'promql', spec: { name: 'A', query } });
const two = ruleThresholds([
  { name: 'critical', target: 1 },
  { name: 'warning', target: 2 },
]);
const turned = ruleThresholds([
  { name: 'warning', target: 20 },
  { name: 'critical', target: 10 },
]);
const withThresholds = (thresholds: object) => postableRule({ condition: ruleCondition({ thresholds }) });

const withQuery = (query: string) => postableRule({ condition: ruleCondition({ compositeQuery: ruleQueries([promql(query)]) }) });

describe('a place that does not count keeps what SigNoz has', () => {
  it.each<[string, string, object, object, object]>([
    ['a text', '/annotations/summary', {}, { annotations: { summary: 'by hand' } }, { annotations: { summary: 'by hand' } }],
    ['one more', '/annotations/runbook', {}, { annotations: { runbook: 'r' } }, { annotations: { summary: 'API errors', runbook: 'r' } }],
    ['one that was removed', '/annotations/summary', {}, { annotations: {} }, { annotations: {} }],
    ['one that neither has', '/labels/none', {}, { labels: { team: 'x' } }, {}],
    [
      'an object that only SigNoz has',
      '/annotations/a',
      { annotations: undefined },
      { annotations: { a: '1', b: '2' } },
      { annotations: { a: '1' } },
    ],
    [
      'nothing of an object that neither has',
      '/annotations/a',
      { annotations: undefined },
      { annotations: undefined },
      { annotations: undefined },
    ],
    ['the switch', '/disabled', { disabled: false }, { disabled: true }, { disabled: true }],
    ['a label with a slash', '/labels/a~1b', {}, { labels: { 'a/b': '1' } }, { labels: { team: 'platform', 'a/b': '1' } }],
    [
      'a label of an odd name',
      '/labels/__proto__',
      {},
      { labels: JSON.parse('{"__proto__":"1"}') },
      { labels: JSON.parse('{"team":"platform","__proto__":"1"}') },
    ],
    ['a text below which nothing can be', '/alert/x', {}, { alert: 'by hand' }, {}],
    ['never the marker', '/source', {}, { source: 'somebody' }, {}],
  ])('%s', (_, pointer, sent, live, kept) => {
    const spec = postableRule(sent);
    expect(keepingIgnored(spec, postableRule(live), [pointer])).toEqual({ ...spec, ...kept });
  });

  it('of a threshold by its name, whatever the order', () => {
    const kept = keepingIgnored(withThresholds(two), withThresholds(turned), ['/condition/thresholds/critical/target']);
    expect(kept).toEqual(
      withThresholds(
        ruleThresholds([
          { name: 'critical', target: 10 },
          { name: 'warning', target: 2 },
        ]),
      ),
    );
  });

  it('of a whole threshold, also one more or less', () => {
    const one = withThresholds(ruleThresholds([{ name: 'critical', target: 10 }]));
    expect(keepingIgnored(withThresholds(two), one, ['/condition/thresholds/warning'])).toEqual(
      withThresholds(ruleThresholds([{ name: 'critical', target: 1 }])),
    );
    expect(keepingIgnored(one, withThresholds(two), ['/condition/thresholds/warning'])).toEqual(
      withThresholds(
        ruleThresholds([
          { name: 'critical', target: 10 },
          { name: 'warning', target: 2 },
        ]),
      ),
    );
  });

  it('but not of the last one', () => {
    const [ours, another] = ['critical', 'another'].map(name => withThresholds(ruleThresholds([{ name, target: 1 }])));
    expect(keepingIgnored(ours ?? {}, another ?? {}, ['/condition/thresholds/critical'])).toEqual(ours);
  });

  it('but not where the rule would be read as another one', () => {
    const spec = postableRule();
    expect(keepingIgnored(spec, { ...spec, schemaVersion: 'v1', evalWindow: '1m' }, ['/schemaVersion'])).toBe(spec);
  });

  it('of a query', () => {
    const kept = keepingIgnored(withQuery('up'), withQuery('down'), ['/condition/compositeQuery/queries/0/spec/query']);
    expect(kept).toEqual(withQuery('down'));
  });
});

it('leaves nothing to be put right, whatever the rules and the places', () => {
  const pair = fc.tuple(anySignozRule, anySignozRule);
  fc.assert(
    fc.property(pair, fc.nat(), ([sent, live], pick) => {
      const found = differences(normalForm(sent), normalForm(live));
      const { pointer = '/none' } = found[pick % Math.max(1, found.length)] ?? {};
      const kept = keepingIgnored(sent, live, [pointer]);
      expect(differences(normalForm(sent), normalForm(kept), [pointer])).toEqual([]);
    }),
  );
});

it('sends the rule of the spec where every place counts', () => {
  const spec = postableRule();
  expect(keepingIgnored(spec, postableRule({ alert: 'by hand' }), [])).toBe(spec);
});
