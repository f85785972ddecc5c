import { expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { memoryChainState } from '../adapters/memory/chain-state.ts';
import { memoryWatchdogSightings } from '../adapters/memory/watchdog-sightings.ts';
import { UNDER_WAY_MS } from '../domain/drills/mend-chain.ts';
import type { BrokenChain } from '../domain/ports/chain-state.ts';
import type { Logger } from '../telemetry/logger.ts';
import { mending } from './mending.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const since = new Date('2026-11-26T08:00:00Z');
const after = (ms: number): Date => new Date(since.getTime() + ms);
const chain = (cluster: string): BrokenChain => ({ source: 'alertmanager', labels: { alertname: 'Watchdog', cluster }, since });

function world() {
  const lines: string[] = [];
  const resolved = new Set<unknown>();
  const line = (_: object, message: string): void => void lines.push(message);
  const log: Logger = { debug: line, info: line, warn: line, error: line, child: () => log };
  const [chains, watchdogs] = [memoryChainState(), memoryWatchdogSightings()];
  const clock = { at: after(UNDER_WAY_MS) };
  const turns: number[] = [];
  const heard = (cluster: string, status: 'firing' | 'resolved', at: Date) =>
    watchdogs.record({ source: 'alertmanager', labels: chain(cluster).labels, status, at }, soon());
  const broken = async (): Promise<unknown[]> => (await chains.broken(soon())).map(({ labels }) => labels['cluster']);
  const loop = mending({
    chains: { broken: signal => (turns.push(1), chains.broken(signal)) },
    watchdogs,
    isResolved: async ({ labels }) => resolved.has(labels['cluster']),
    mend: (given, signal) => chains.mended(given, signal),
    now: () => clock.at,
    everyMs: 5,
    log,
    random: Math.random,
  });
  /** One whole turn and the beginning of the next. */
  const turned = async (): Promise<void> => {
    const before = turns.length;
    await eventually(() => turns.length >= before + 3);
  };
  return { chains, clock, heard, broken, loop, turned, resolved, lines };
}

it('mends a chain whose Watchdog fired again, once it cannot have been under way, and leaves the others broken', async () => {
  const { chains, clock, heard, broken, loop, turned } = world();
  for (const cluster of ['again', 'not-again', 'before', 'silent']) await chains.broke(chain(cluster), soon());
  await heard('again', 'firing', after(30_000));
  await heard('not-again', 'firing', after(30_000));
  await heard('not-again', 'resolved', after(90_000));
  await heard('before', 'firing', after(-1));
  await turned();
  expect(await broken()).toEqual(['again', 'not-again', 'before', 'silent']);
  clock.at = after(UNDER_WAY_MS + 1);
  await eventually(async () => (await broken()).length === 3);
  await turned();
  expect(await broken()).toEqual(['not-again', 'before', 'silent']);
  await loop.close();
});

it('lets go at once of a chain whose incident is resolved, says so, and leaves the others broken', async () => {
  const { chains, broken, loop, turned, resolved, lines } = world();
  for (const cluster of ['retired', 'silent']) await chains.broke(chain(cluster), soon());
  await turned();
  expect([await broken(), lines]).toEqual([['retired', 'silent'], []]);
  resolved.add('retired');
  await eventually(async () => (await broken()).length === 1);
  await turned();
  expect([await broken(), lines.length]).toEqual([['silent'], 1]);
  expect(lines[0]).toContain('let go');
  await loop.close();
});
