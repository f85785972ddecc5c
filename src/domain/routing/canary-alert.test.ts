import { expect, it } from 'vitest';
import { canaryAlert } from './canary-alert.ts';
import { type RawRoute, routeTree } from './route-tree.ts';

const nonce = 'n0nce';
const own = `awoooi-canary-${nonce}`;
const marks = { awoooi_canary: 'true', awoooi_drill: 'true', awoooi_nonce: nonce };

const alertFor = (raw: RawRoute, labels: Record<string, string> = {}) =>
  canaryAlert({ tree: routeTree({ receiver: 'ours', ...raw }), receiver: 'ours', nonce, labels });

it.each<[string, RawRoute, Record<string, string>, Record<string, string>, boolean]>([
  ['nothing more where the route groups by everything', { group_by: ['...'] }, {}, { alertname: 'AwoooiCanary', severity: 'none' }, false],
  [
    'a value of its own in every label grouped by',
    { group_by: ['alertname', 'namespace'] },
    {},
    { alertname: own, namespace: own, severity: 'none' },
    false,
  ],
  [
    'the spec’s labels as they are, and says that it joins a group',
    { group_by: ['namespace'] },
    { namespace: 'prod', severity: 'critical' },
    { alertname: 'AwoooiCanary', namespace: 'prod', severity: 'critical' },
    true,
  ],
  [
    'one label of its own is enough for a group of its own',
    { group_by: ['namespace', 'cluster'] },
    { namespace: 'prod' },
    { alertname: 'AwoooiCanary', namespace: 'prod', cluster: own, severity: 'none' },
    false,
  ],
  [
    'no value that leads it off its route',
    { receiver: 'other', routes: [{ receiver: 'ours', matchers: ['alertname=~"Awoooi[A-Z].*"'], group_by: ['alertname'] }] },
    {},
    { alertname: 'AwoooiCanary', severity: 'none' },
    true,
  ],
  [
    'its severity, though the route groups by it: a real route that takes every other severity must not take the canary besides',
    {
      group_by: ['alertname', 'severity'],
      routes: [{ receiver: 'pager', matchers: ['severity!~"none|info"'], continue: true }, { receiver: 'ours' }],
    },
    {},
    { alertname: own, severity: 'none' },
    false,
  ],
  [
    'its severity also where the route groups by nothing else',
    { group_by: ['severity'] },
    {},
    { alertname: 'AwoooiCanary', severity: 'none' },
    true,
  ],
  [
    'no value with which it would end at a second receiver as well',
    {
      group_by: ['namespace', 'cluster'],
      routes: [{ receiver: 'pager', matchers: ['namespace!=""'], continue: true }, { receiver: 'ours' }],
    },
    {},
    { alertname: 'AwoooiCanary', cluster: own, severity: 'none' },
    false,
  ],
  [
    'no value with which nobody could tell where it ends',
    { group_by: ['namespace', 'cluster'], routes: [{ receiver: 'pager', matchers: ['namespace!=""', 'severity=~"(?U)x"'] }] },
    {},
    { alertname: 'AwoooiCanary', cluster: own, severity: 'none' },
    false,
  ],
  ['joins the only group of a route that groups by nothing', {}, {}, { alertname: 'AwoooiCanary', severity: 'none' }, true],
  [
    'is alone where the route groups by the nonce',
    { group_by: ['awoooi_nonce'] },
    {},
    { alertname: 'AwoooiCanary', severity: 'none' },
    false,
  ],
])('%s', (_, raw, labels, expected, joins) => {
  const alert = alertFor(raw, labels);
  expect(alert.labels).toEqual({ ...expected, ...marks });
  expect(alert.joins !== undefined).toBe(joins);
});

it('keeps its marks whatever the spec says', () => {
  expect(alertFor({}, { awoooi_drill: 'false', awoooi_nonce: 'x' }).labels).toMatchObject(marks);
});

it('says where it ends, and whether that is sure', () => {
  const alert = alertFor({ routes: [{ receiver: 'other', matchers: ['awoooi_canary="true"'] }, { matchers: ['a=~"(?U)b"'] }] });
  expect([alert.ends.map(end => end.receiver), alert.certain]).toEqual([['other'], true]);
  expect(alertFor({ routes: [{ matchers: ['a=~"(?U)b"'] }] }).certain).toBe(false);
});

it('has a value of its own in sixteen labels that its route groups by', () => {
  const names = Array.from({ length: 16 }, (_, i) => `label_${i}`);
  expect(alertFor({ group_by: names }).labels).toMatchObject(Object.fromEntries(names.map(name => [name, own])));
});

it('is not held up by a tree that groups by thousands of labels and has thousands of routes', () => {
  const group_by = Array.from({ length: 10_000 }, (_, i) => `l${i}`);
  const plain = Array.from({ length: 8_000 }, (): RawRoute => ({ receiver: 'ours', matchers: ['zz="1"'] }));
  const ends = Array.from({ length: 8_000 }, (): RawRoute => ({ receiver: 'ours', continue: true }));
  const costly = Array.from({ length: 500 }, (_, i): RawRoute => ({ matchers: [`alertname=~"(a{0,90}|A|w|o){0,30}z${i}"`] }));
  const began = performance.now();
  const { joins } = alertFor({ group_by, routes: [...plain, ...ends] });
  expect(joins).toBeUndefined();
  expect(alertFor({ group_by: [...group_by, 'alertname'], routes: costly }).certain).toBe(false);
  // With a walk for each label it would be a quarter of a minute and more.
  expect(performance.now() - began).toBeLessThan(5_000);
});

it('is certain of its way through five hundred routes', () => {
  const routes = Array.from(
    { length: 500 },
    (_, i): RawRoute => ({ receiver: 'team', matchers: [`team="t${i}"`, `zone=~"eu-${i}|us-.*"`] }),
  );
  const { certain, joins } = alertFor({ group_by: ['alertname', 'zone'], routes }, { team: 't7' });
  expect([certain, joins]).toEqual([true, undefined]);
});
