import { beforeEach, describe, expect, it } from 'vitest';
import type { IncidentRepair } from '../../src/domain/incidents/incident.ts';
import { start } from '../builders/ingest.ts';
import { type Anomalous, anomalous, idOf, type IncidentWorld } from './incident-world.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

/** One that waits for its approval, told apart by its number. */
const repair = (n = 1, over: Partial<IncidentRepair> = {}): IncidentRepair => ({
  approvalId: `rr-${String(n).padStart(4, '0')}`,
  run: `shop/restart-cart-${n}`,
  playbook: 'restart-cart',
  summary: 'restart_pod of Deployment cart',
  tier: 1,
  phase: 'AwaitingApproval',
  detail: 'it waits for an approval',
  waitsFor: 'approval',
  expiresAt: start(30),
  updatedAt: start(1),
  ...over,
});
const { waitsFor: _, expiresAt: __, ...RUNNING } = repair(1, { phase: 'Running', detail: 'it restarts', by: 'mei', updatedAt: start(2) });

/** What every IncidentStore promises of the repairs of an incident. */
export function incidentRepairsContract(make: () => IncidentWorld): void {
  let world: IncidentWorld;
  let of: Anomalous;
  let id: string;

  beforeEach(async () => {
    world = make();
    of = anomalous(world);
    id = idOf(await of.one());
  });

  const note = (given: IncidentRepair, tell: readonly string[] = []) => world.incidents.repairing(id, { repair: given, tell }, soon());
  const happened = async () => (await of.found(id)).timeline.slice(1).map(({ what, who }) => `${what} ${who}`);

  describe('a repair', () => {
    it('is none at first, and then one with all that was said of it', async () => {
      expect((await of.found(id)).repairs).toEqual([]);
      expect(await note(repair())).toMatchObject({ is: 'changed', incident: { revision: 2, repairs: [repair()] } });
      expect((await of.found(id)).repairs).toEqual([repair()]);
    });

    it('is replaced by how it stands later, and loses what it no longer waits for', async () => {
      await note(repair());
      expect(await note(RUNNING)).toMatchObject({ is: 'changed' });
      expect((await of.found(id)).repairs).toEqual([RUNNING]);
    });

    it('is told of once, however often and with whatever time the same is said', async () => {
      await note(repair());
      expect(await note(repair())).toMatchObject({ is: 'unchanged', incident: { revision: 2 } });
      expect(await note(repair(1, { updatedAt: start(9) }))).toMatchObject({ is: 'unchanged', incident: { revision: 2 } });
    });

    it('does not go back to how it stood before', async () => {
      await note(RUNNING);
      expect(await note(repair())).toMatchObject({ is: 'unchanged', incident: { repairs: [RUNNING] } });
    });

    it('puts those who are told into the outbox', async () => {
      await note(repair(), ['telegram', 'repair']);
      const channels = (await of.found(id)).deliveries.map(({ channel, state }) => `${channel} ${state}`);
      expect(channels.toSorted()).toEqual(['repair pending', 'telegram pending']);
    });

    it('stays when the incident opens again', async () => {
      await note(repair());
      await of.one({ status: 'resolved' });
      await of.one({ startsAt: start(5) });
      expect((await of.found(id)).repairs).toEqual([repair()]);
    });

    it('of an incident that is not there is not kept', async () => {
      for (const gone of ['inc-03-0123456789abc', 'no id']) {
        expect(await world.incidents.repairing(gone, { repair: repair(), tell: [] }, soon())).toEqual({ is: 'missing' });
      }
    });
  });

  it('is on the timeline when it is proposed, started and ended, by whom, and not in between', async () => {
    await note(repair());
    await note(repair(1, { detail: 'it still waits', updatedAt: start(2) }));
    await note({ ...RUNNING, updatedAt: start(3) });
    await note({ ...RUNNING, phase: 'Verifying', updatedAt: start(4) });
    await note({ ...RUNNING, phase: 'Failed', detail: 'the alert fires again', updatedAt: start(5) });
    expect(await happened()).toEqual(['repair-proposed operator', 'repair-started mei', 'repair-ended mei']);
    const { timeline, revision } = await of.found(id);
    expect(timeline.at(-1)?.detail).toBe('restart-cart: Failed: the alert fires again');
    expect(revision).toBe(6);
  });

  it('stands beside others, which two can note at once', async () => {
    await Promise.all([1, 2, 3].map(n => note(repair(n))));
    const { repairs, revision } = await of.found(id);
    expect(repairs.map(({ approvalId }) => approvalId).toSorted()).toEqual(['rr-0001', 'rr-0002', 'rr-0003']);
    expect(revision).toBe(4);
  });

  it('is forgotten as the oldest that has ended, of more than twenty', async () => {
    await note(repair(1));
    await note(repair(2, { phase: 'Succeeded' }));
    for (let n = 3; n <= 20; n += 1) await note(repair(n, { phase: 'Failed' }));
    expect((await of.found(id)).repairs).toHaveLength(20);
    await world.elapse(5);
    await note(repair(21));
    const { repairs } = await of.found(id);
    expect(repairs).toHaveLength(20);
    expect([repairs[0]?.approvalId, repairs.at(-1)?.approvalId]).toEqual(['rr-0001', 'rr-0021']);
    expect(repairs.map(({ approvalId }) => approvalId)).not.toContain('rr-0002');
  });
}
