import { expect, it } from 'vitest';
import type { AlertSource } from '../alerts/alert.ts';
import type { BrokenChain } from '../ports/chain-state.ts';
import { holdsBack } from './holds-back.ts';

const since = new Date('2026-11-26T08:00:00Z');
const broken = (labels: Record<string, string>, source: AlertSource = 'alertmanager'): BrokenChain => ({ source, labels, since });

it.each<[string, BrokenChain[], { source: AlertSource; labels: Record<string, string> }, boolean]>([
  ['nothing is broken', [], { source: 'alertmanager', labels: {} }, false],
  ['neither names a chain', [broken({})], { source: 'alertmanager', labels: { pod: 'a' } }, true],
  ['another sender', [broken({}, 'signoz')], { source: 'alertmanager', labels: {} }, false],
  ['the same cluster', [broken({ cluster: 'a' })], { source: 'alertmanager', labels: { cluster: 'a' } }, true],
  ['another cluster', [broken({ cluster: 'a' })], { source: 'alertmanager', labels: { cluster: 'b' } }, false],
  ['only the Watchdog names a cluster', [broken({ cluster: 'a' })], { source: 'alertmanager', labels: {} }, true],
  ['only the alert names a cluster', [broken({})], { source: 'alertmanager', labels: { cluster: 'a' } }, true],
  [
    'another Prometheus of the same cluster',
    [broken({ cluster: 'a', prometheus: 'x' })],
    { source: 'alertmanager', labels: { cluster: 'a', prometheus: 'y' } },
    false,
  ],
  ['a cluster without a name', [broken({ cluster: '' })], { source: 'alertmanager', labels: { cluster: 'a' } }, true],
  ['another namespace says nothing', [broken({ namespace: 'a' })], { source: 'alertmanager', labels: { namespace: 'b' } }, true],
  ['one of several', [broken({ cluster: 'b' }), broken({ cluster: 'a' })], { source: 'alertmanager', labels: { cluster: 'a' } }, true],
])('%s', (_, chains, of, held) => {
  expect(holdsBack(chains, of) !== undefined).toBe(held);
});

it('names the chain that is broken', () => {
  const other = broken({ cluster: 'a' });
  expect(holdsBack([broken({ cluster: 'b' }), other], { source: 'alertmanager', labels: { cluster: 'a' } })).toBe(other);
});
