import { expect, it } from 'vitest';
import { canaryAlert } from '../../domain/routing/canary-alert.ts';
import { liveConfiguration } from './configuration.ts';

const END = 'route: {receiver: a}\nreceivers: [{name: a}]\n';

it('reads three thousand routes, and judges where a canary ends among them', () => {
  const routes = Array.from({ length: 3_000 }, (_, i) =>
    ['  - receiver: team', `    matchers: ['team="t${i}"', 'zone=~"eu-${i}|us-.*"']`, '    continue: false', ''].join('\n'),
  );
  const original = `route:\n  receiver: a\n  group_by: [alertname, zone]\n  routes:\n${routes.join('')}receivers:\n- name: a\n- name: team\n`;
  const { route } = liveConfiguration(original);
  const { ends, certain, joins } = canaryAlert({ tree: route, receiver: 'a', nonce: 'n0nce', labels: { team: 't7' } });
  expect([ends, certain, joins]).toEqual([[route], true, undefined]);
});

/** The best of three, for others may keep the machine busy. */
function bestMs(hostile: string): number {
  const took = [1, 2, 3].map(() => {
    const began = performance.now();
    expect(liveConfiguration(hostile + END).route.receiver).toBe('a');
    return performance.now() - began;
  });
  return Math.min(...took);
}

it.each<[string, (many: number) => string]>([
  ['keys', many => Array.from({ length: many }, (_, i) => `k${i}: v\n`).join('')],
  ['tags that mean nothing', many => `tags: [${'!a b,'.repeat(many)}]\n`],
])('takes a time for %s that grows with their number, and not with its square', (_, hostile) => {
  const few = bestMs(hostile(4_500));
  // Four times as long, where the square would be sixteen times.
  expect(bestMs(hostile(18_000)) / few).toBeLessThan(9);
});

it.each<[string, string]>([
  ['a long text', `a: ${'x'.repeat(600_000)}\n`],
  ['many words', `a: [${'b,'.repeat(200_000)}]\n`],
  ['many marks', `a: [${'[],'.repeat(150_000)}]\n`],
  ['many empty lines', '\n'.repeat(500_000)],
])('refuses %s, and says why', (_, hostile) => {
  expect(() => liveConfiguration(hostile + END)).toThrow(/is not read, for it has more than 512 KiB or 150000 words and marks/);
});
