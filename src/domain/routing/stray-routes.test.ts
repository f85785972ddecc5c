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
