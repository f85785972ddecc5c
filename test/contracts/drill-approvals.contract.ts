import { describe, expect, it } from 'vitest';
import { newDrillId } from '../../src/domain/approvals/drill-id.ts';
import type { DrillApprovals } from '../../src/domain/ports/drill-approvals.ts';
import { eventually } from '../parts/eventually.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const MINUTE_MS = 60_000;

/** What every DrillApprovals promises; `other` is another replica's. */
export function drillApprovalsContract(make: () => { ours: DrillApprovals; other: DrillApprovals }): void {
  const asked = async (ttlMs = MINUTE_MS) => {
    const { ours, other } = make();
    const id = newDrillId();
    return { ours, other, id, drill: await ours.request({ id, by: 'pipeline', ttlMs }, soon()) };
  };

  it('keeps what was asked for, for every replica', async () => {
    const { other, id, drill } = await asked();
    expect(drill).toMatchObject({ id, status: 'pending', by: 'pipeline' });
    expect(drill.expiresAt.getTime() - drill.requestedAt.getTime()).toBe(MINUTE_MS);
    expect(await other.find(id, soon())).toEqual(drill);
    expect(await other.request({ id, by: 'somebody', ttlMs: 5 }, soon())).toEqual(drill);
  });

  it('knows none that was never asked for', async () => {
    const { ours } = make();
    expect(await ours.find(newDrillId(), soon())).toBeUndefined();
    expect(await ours.decide(newDrillId(), { status: 'approved', by: 'mei' }, soon())).toBeUndefined();
  });

  it('ends by itself', async () => {
    const { ours, id } = await asked(50);
    await eventually(async () => (await ours.find(id, soon())) === undefined);
    expect(await ours.decide(id, { status: 'withdrawn', by: 'mei' }, soon())).toBeUndefined();
  });

  describe('decided', () => {
    it('stands by the first decision, whoever comes later', async () => {
      const { ours, other, id } = await asked();
      const first = await ours.decide(id, { status: 'rejected', by: 'mei' }, soon());
      expect(first).toMatchObject({ status: 'rejected', decided: { by: 'mei', at: expect.any(Date) } });
      expect(await other.decide(id, { status: 'approved', by: 'omar' }, soon())).toEqual(first);
      expect(await other.find(id, soon())).toEqual(first);
    });

    it('can be withdrawn all the same, once', async () => {
      const { ours, other, id } = await asked();
      await ours.decide(id, { status: 'approved', by: 'mei' }, soon());
      const withdrawn = await other.decide(id, { status: 'withdrawn', by: 'omar' }, soon());
      expect(withdrawn).toMatchObject({ status: 'withdrawn', decided: { by: 'omar' } });
      expect(await ours.decide(id, { status: 'withdrawn', by: 'mei' }, soon())).toEqual(withdrawn);
      expect(await ours.decide(id, { status: 'approved', by: 'mei' }, soon())).toEqual(withdrawn);
    });
  });
}
