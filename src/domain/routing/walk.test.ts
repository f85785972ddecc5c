import { describe, expect, it } from 'vitest';
import { type RawRoute, RouteTreeError, routeTree } from './route-tree.ts';
import { receiversFor, walk } from './walk.ts';

const RAW: RawRoute = {
  receiver: 'default',
  group_by: ['namespace'],
  mute_time_intervals: ['nights'],
  routes: [
    { matchers: ['severity="critical"'], receiver: 'pager', continue: true, group_wait: '1m30s' },
    { match: { team: 'db' }, match_re: { env: 'prod|live' }, receiver: 'db', routes: [{ matchers: ['kind=~"pg.*"'], group_by: ['...'] }] },
    { matchers: ['severity="critical"'], receiver: 'archive', group_interval: '10s' },
  ],
};

const at = (...path: number[]) => path.reduce((route, i) => route.routes[i] ?? expect.fail('no such route'), routeTree(RAW));

describe('the walk', () => {
  it.each([
    ['the root when no child matches', {}, ['default']],
    ['on through continue', { severity: 'critical' }, ['pager', 'archive']],
    ['the first child that matches, when it does not continue', { severity: 'critical', team: 'db', env: 'prod' }, ['pager', 'db']],
    ['a child with the receiver of its parent', { team: 'db', env: 'live', kind: 'pg15' }, ['db']],
    ['past a child of which one matcher fails', { team: 'db', env: 'production' }, ['default']],
  ])('ends at %s', (_, labels, expected) => {
    expect(receiversFor(routeTree(RAW), labels)).toEqual(expected);
  });

  it('says which expression it could not read', () => {
    const tree = routeTree({ receiver: 'r', routes: [{ matchers: ['a=~"(?U)x"'], receiver: 's' }] });
    const { ends, unreadable } = walk(tree, { a: 'x' });
    expect([ends.map(end => end.receiver), unreadable.map(matcher => matcher.value)]).toEqual([['r'], ['(?U)x']]);
  });
});

describe('the tree', () => {
  it('has Alertmanager’s defaults at the root', () => {
    expect(at()).toMatchObject({ groupWaitMs: 30_000, groupIntervalMs: 300_000, muteTimeIntervals: ['nights'] });
  });

  it('hands options down, but for time intervals', () => {
    expect(at(0)).toMatchObject({ groupBy: ['namespace'], groupWaitMs: 90_000, groupIntervalMs: 300_000, muteTimeIntervals: [] });
    expect(at(1, 0)).toMatchObject({ receiver: 'db', groupBy: ['...'], groupWaitMs: 30_000 });
    expect(at(2)).toMatchObject({ groupIntervalMs: 10_000 });
  });

  it('names the matcher that it cannot read', () => {
    expect(() => routeTree({ receiver: 'r', matchers: ['what'] })).toThrow(new RouteTreeError('the matcher "what" cannot be read'));
  });

  it('names it in short', () => {
    expect(() => routeTree({ receiver: 'r', matchers: ['{'.repeat(200_000)] })).toThrow(/^the matcher "\{{100,200}… cannot be read$/);
  });
});

it('is not held up by a duration of a million digits', () => {
  const began = performance.now();
  expect(routeTree({ receiver: 'a', group_wait: '1'.repeat(1_000_000) }).groupWaitMs).toBe(0);
  // With a time that grows with the square it would be minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});
