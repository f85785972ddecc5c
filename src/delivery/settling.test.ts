import { expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import type { BrokenChain } from '../domain/ports/chain-state.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import { settling, type SettlingDeps } from './settling.ts';

const since = new Date('2026-11-26T08:00:00Z');

function world() {
  const waiting = new Map<string, Record<string, string>>();
  const broken: BrokenChain[] = [];
  const deeds: string[] = [];
  const lines: string[] = [];
  const state = { away: false };
  const line = (_: object, message: string): void => void lines.push(message);
  const log: Logger = { debug: line, info: line, warn: line, error: line, child: () => log };
  const deps: SettlingDeps = {
    incidents: {
      settled: async () => {
        if (state.away) throw new PortError('unavailable', 'Redis is away');
        return [...waiting].map(([id, labels]) => ({ id, source: 'alertmanager' as const, labels }));
      },
      autoResolve: async (id, tell) => {
        waiting.delete(id);
        deeds.push(`${id} resolved, ${tell.join()} told`);
        return { is: 'missing' };
      },
      holdOpen: async (id, { forMs, detail, tell }) => {
        waiting.delete(id);
        deeds.push(`${id} held ${forMs}, ${tell.join()} told: ${detail}`);
        return { is: 'missing' };
      },
    },
    chains: { broken: async () => broken },
    tell: ['telegram', 'webhook'],
    everyMs: 10,
    log,
    random: Math.random,
  };
  return { waiting, broken, deeds, lines, state, deps };
}

it('resolves what has settled, and holds what a broken chain may have silenced, with a sentence that says so', async () => {
  const { waiting, broken, deeds, deps } = world();
  broken.push({ source: 'alertmanager', labels: { alertname: 'Watchdog', cluster: 'a', prometheus: 'p' }, since });
  waiting.set('inc-1', { cluster: 'b' }).set('inc-2', { cluster: 'a' }).set('inc-3', {});
  const loop = settling(deps);
  await eventually(() => deeds.length === 3);
  await loop.close();
  const because =
    'held 30000, telegram,webhook told: its alerts resolved, but the Watchdog of alertmanager (cluster a, prometheus p) has been missing since 2026-11-26T08:00:00.000Z: they may only have lost their voice. It resolves once the Watchdog fires again, or somebody resolves the incident AlertChainBroken.';
  expect(deeds.toSorted()).toEqual(['inc-1 resolved, telegram,webhook told', `inc-2 ${because}`, `inc-3 ${because}`]);
});

it('goes on after a failure, which it says once', async () => {
  const { waiting, deeds, lines, state, deps } = world();
  state.away = true;
  const loop = settling(deps);
  await eventually(() => lines.length > 0);
  waiting.set('inc-1', {});
  state.away = false;
  await eventually(() => deeds.length === 1, { withinMs: 20_000 });
  await loop.close();
  expect(lines).toEqual(['what is done in the background failed; it is tried again', 'what had failed in the background is done again']);
});
