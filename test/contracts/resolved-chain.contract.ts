import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { mendChain } from '../../src/domain/drills/mend-chain.ts';
import { type EndedPorts, isResolved, tellBroken } from '../../src/domain/drills/tell-broken.ts';
import type { BrokenChain, ChainState } from '../../src/domain/ports/chain-state.ts';
import type { IncidentStore } from '../../src/domain/ports/incident-store.ts';
import { NOBODY, start } from '../builders/ingest.ts';
import { REOPEN_WITHIN_MS } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const by = { who: 'ann', tell: [] };

export interface ChainWorld {
  /** Re-opens within REOPEN_WITHIN_MS. */
  readonly incidents: IncidentStore;
  readonly chain: ChainState;
  readonly elapse: (ms: number) => Promise<void>;
}

function acting({ incidents, chain }: ChainWorld) {
  const ports: EndedPorts & { chain: ChainState } = {
    incidents,
    chain,
    find: (id, signal) => incidents.find(id, signal),
    told: () => NOBODY,
    settleMs: () => 60_000,
    newRandom: () => randomUUID().replaceAll('-', '').slice(0, 13),
  };
  const kept = async ({ labels }: Pick<BrokenChain, 'labels'>): Promise<BrokenChain | undefined> =>
    (await chain.broken(soon())).find(one => JSON.stringify(one.labels) === JSON.stringify(labels));
  const incidentOf = async (of: BrokenChain): Promise<string> => (await kept(of))?.incidentId ?? 'none is noted';
  return {
    kept,
    incidentOf,
    /** As the intake does with a Watchdog that resolved. */
    broke: async (given: BrokenChain) => {
      await chain.broke(given, soon());
      return tellBroken(ports, given, soon());
    },
    resolve: async (of: BrokenChain) => incidents.resolve(await incidentOf(of), by, soon()),
    /** One look of the background at a chain; says whether it was let go. */
    look: async (of: BrokenChain): Promise<boolean> => {
      const given = await kept(of);
      if (!given) throw new Error('the chain is not broken');
      const over = await isResolved(ports, given, soon());
      if (over) await mendChain(ports, given, soon());
      return over;
    },
  };
}

/** A Watchdog that no other test knows; two of one cluster share an incident. */
function brokenChain(over: { readonly labels?: Readonly<Record<string, string>>; readonly since?: Date } = {}): BrokenChain {
  const labels = { alertname: 'Watchdog', cluster: randomUUID(), ...over.labels };
  return { source: 'alertmanager', labels, since: over.since ?? start(5) };
}

/** What every store promises whoever resolves the incident of a broken chain. */
export function resolvedChainContract(make: () => ChainWorld): void {
  describe('a broken chain', () => {
    it('is let go once its incident is resolved, and no sooner', async () => {
      const world = make();
      const { broke, look, resolve, kept, incidentOf } = acting(world);
      const chain = brokenChain();
      const answer = await broke(chain);
      const id = await incidentOf(chain);
      expect(answer).toEqual({ is: 'accepted', incidentId: id, isNew: true });
      expect(await look(chain)).toBe(false);
      await world.incidents.acknowledge(id, by, soon());
      expect(await look(chain)).toBe(false);
      const before = await world.incidents.find(id, soon());
      expect(before).toMatchObject({ status: 'acknowledged', revision: 2 });
      await resolve(chain);
      expect(await look(chain)).toBe(true);
      expect(await kept(chain)).toBeUndefined();
      expect(await world.incidents.find(id, soon())).toMatchObject({ status: 'resolved', firing: 0, occurrences: 1 });
    });

    it('of which nobody was told is told of, as is one whose incident is not noted', async () => {
      const world = make();
      const { look, kept, broke, resolve } = acting(world);
      const chain = brokenChain();
      await world.chain.broke(chain, soon());
      expect(await look(chain)).toBe(false);
      const id = (await kept(chain))?.incidentId ?? '';
      expect(await world.incidents.find(id, soon())).toMatchObject({ name: 'AlertChainBroken', status: 'open', occurrences: 1 });
      await resolve(chain);
      await world.chain.mended(chain, soon());
      await world.chain.broke(chain, soon());
      expect([await look(chain), await kept(chain)]).toEqual([true, undefined]);
      await broke({ ...chain, since: start(6) });
      expect(await world.incidents.find(id, soon())).toMatchObject({ status: 'open', occurrences: 2 });
    });

    it('is let go again when a sender repeats what it said before', async () => {
      const { broke, look, resolve, kept } = acting(make());
      const chain = brokenChain();
      await broke(chain);
      await resolve(chain);
      expect(await look(chain)).toBe(true);
      expect(await broke(chain)).toMatchObject({ is: 'deduplicated' });
      expect([await look(chain), await kept(chain)]).toEqual([true, undefined]);
    });

    it.each([
      ['soon, by the same incident', 0],
      ['later, by another', REOPEN_WITHIN_MS + 100],
    ])('that breaks again holds again: %s', async (_, afterMs) => {
      const world = make();
      const { broke, look, resolve, incidentOf } = acting(world);
      const chain = brokenChain();
      await broke(chain);
      const first = await incidentOf(chain);
      await resolve(chain);
      await world.elapse(afterMs);
      // Before anybody has looked: the chain is noted with the incident that is resolved.
      const again = { ...chain, since: start(20) };
      await broke(again);
      await world.chain.told(chain, first, soon());
      expect(await look(chain)).toBe(false);
      const second = await incidentOf(chain);
      expect(second === first).toBe(afterMs === 0);
      expect(await world.incidents.find(second, soon())).toMatchObject({ status: 'open' });
      await resolve(chain);
      expect(await look(chain)).toBe(true);
    });

    it('is let go with the others that its incident stands for, and leaves those of another cluster alone', async () => {
      const world = make();
      const { broke, look, resolve, kept } = acting(world);
      const one = brokenChain();
      const other = brokenChain({ labels: { ...one.labels, zone: 'b' } });
      const elsewhere = brokenChain();
      for (const each of [one, other, elsewhere]) await broke(each);
      await resolve(one);
      expect([await look(elsewhere), await look(one), await look(other)]).toEqual([false, true, true]);
      expect([await kept(one), await kept(other), (await kept(elsewhere))?.labels]).toEqual([undefined, undefined, elsewhere.labels]);
    });
  });
}
