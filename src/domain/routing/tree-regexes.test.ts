import { expect, it } from 'vitest';
import { type RawRoute, routeTree } from './route-tree.ts';
import { treeRegexes } from './tree-regexes.ts';
import { walk } from './walk.ts';

const treeOf = (matchers: readonly string[]) =>
  routeTree({ receiver: 'r', routes: matchers.map((matcher): RawRoute => ({ receiver: 's', matchers: [matcher] })) });

it('judges every route of a large tree, walk after walk', () => {
  const namespaces = Array.from({ length: 500 }, (_, i) => `(team-${i}|platform-${i})-(prod|stag(e|ing)|[a-z0-9]+-live).*`);
  const tree = treeOf(namespaces.map(each => `namespace=~"${each}"`));
  for (let i = 0; i < 500; i += 25) {
    const { ends, unreadable } = walk(tree, { namespace: `platform-${i}-eu-live-4`, severity: 'critical' });
    expect([ends, unreadable]).toEqual([[tree.routes[i]], []]);
  }
});

it('reads no expression that no walk asks for, so that those of others do not use up what a tree may cost', () => {
  const routes = Array.from({ length: 2_000 }, (_, i): RawRoute => ({ matchers: [`zone=~"((a{99}){99}){2}z${i}"`] }));
  const tree = routeTree({
    receiver: 'r',
    routes: [
      { matchers: ['team="x"'], routes },
      { receiver: 's', matchers: ['zone=~"a|b"'] },
    ],
  });
  expect(walk(tree, { zone: 'a' })).toEqual({ ends: [tree.routes[1]], unreadable: [] });
});

it('reads no more than a tree may cost, and says of the rest that it is not judged', () => {
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const tree = treeOf(Array.from({ length: 2_000 }, (_, i) => `zone=~"((a{99}){99}){2}z${i}"`));
  expect(walk(tree, { zone: 'a' }).unreadable.length).toBeGreaterThan(1_900);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

it('matches no longer than a tree may cost, however many expressions and texts', () => {
  const tree = treeOf(Array.from({ length: 500 }, (_, i) => `alertname=~"(a{0,90}|A|w|o){0,30}z${i}"`));
  const began = performance.now();
  for (let i = 0; i < 100; i++) expect(walk(tree, { alertname: `${i}`.padEnd(40, 'Aa') }).unreadable.length).toBeGreaterThan(0);
  expect(performance.now() - began).toBeLessThan(5_000);
});

it('asks an expression the same once, also one of several matchers', () => {
  const regexes = treeRegexes();
  expect(regexes('a|b')).toBe(regexes('a|b'));
  // Some hundred answers would be all that a tree may cost.
  const slow = `(${'[a-z]?'.repeat(50)})*!`;
  for (let i = 0; i < 10_000; i++) expect(regexes(slow)('a'.repeat(50))).toBe(false);
});
