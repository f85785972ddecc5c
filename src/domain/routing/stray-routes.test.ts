import { expect, it } from 'vitest';
import { routeTree } from './route-tree.ts';
import { strayRoutes } from './stray-routes.ts';

const tree = routeTree({
  receiver: 'awoooi',
  routes: [
    { matchers: ['severity="critical"'], receiver: 'pager' },
    { matchers: ['team="db"', 'kind=~"(?U)x"'], receiver: 'db' },
  ],
});
const stray = (labels: Record<string, string>) => strayRoutes(tree, { receiver: 'awoooi', routes: [{ labels }] });

it.each<[string, Record<string, string>, object[]]>([
  ['says nothing of labels that end at the receiver', { severity: 'warning' }, []],
  ['names where labels end instead', { severity: 'critical' }, [{ labels: { severity: 'critical' }, receivers: ['pager'] }]],
  [
    'does not take labels for proven whose way it cannot judge',
    { team: 'db', kind: 'y' },
    [{ labels: { team: 'db', kind: 'y' }, receivers: ['awoooi'], unreadable: ['kind=~"(?U)x"'] }],
  ],
])('%s', (_, labels, expected) => {
  expect(stray(labels)).toEqual(expected);
});

it('names a few receivers and matchers, each in short, however many a tree has', () => {
  const routes = Array.from({ length: 1_000 }, (_, i) => [
    { receiver: `r${i}`, continue: true },
    { receiver: 'awoooi', matchers: [`a=~"(?U)${'x'.repeat(1_000)}${i}"`], continue: true },
    { receiver: 'awoooi', matchers: [`b=~"(?U)${i}"`], continue: true },
  ]).flat();
  const [found] = strayRoutes(routeTree({ receiver: 'awoooi', routes }), { receiver: 'awoooi', routes: [{ labels: {} }] });
  expect([found?.receivers.length, found?.unreadable?.length]).toEqual([16, 16]);
  expect(JSON.stringify(found).length).toBeLessThan(5_000);
});
