import { expect, it } from 'vitest';
import { HALF_LIFE_MS } from '../../src/domain/outcomes/decay.ts';
import type { RepairOutcome } from '../../src/domain/ports/learning-repository.ts';
import { newAnomaly } from '../builders/ingest.ts';
import { repairOutcome } from '../builders/repair-outcome.ts';
import { actionOf, type LearningWorld, recordIn } from './learning-repository.contract.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const ago = (ms: number): Date => new Date(Date.now() - ms);
const playbook = { namespace: 'shop', name: 'restart-api', steps: '3f9c0a1b2c4d5e6f' };

/** What every LearningRepository promises of outcomes that the operator verified. */
export function verifiedOutcomesContract(make: () => Pick<LearningWorld, 'learning'>): void {
  it('alone decay into what may be relied on, half of it in 30 days', async () => {
    const world = make();
    const anomalyKey = newAnomaly();
    const verified = { anomalyClass: anomalyKey, playbook: { ...playbook, name: anomalyKey } };
    const of = (days: number, over: Partial<RepairOutcome> = {}) =>
      repairOutcome({ anomalyKey, verified, at: ago((days / 30) * HALF_LIFE_MS), ...over });
    const reported = repairOutcome({ anomalyKey });
    await recordIn(world.learning, of(0), of(30), of(60, { success: false }), reported, {
      ...repairOutcome({ anomalyKey }),
      success: false,
    });
    const record = await actionOf(world, reported);
    expect(record).toMatchObject({ attempts: 5, successes: 3 });
    expect(record.verified.successes).toBeCloseTo(1.5, 3);
    expect(record.verified.failures).toBeCloseTo(0.25, 3);
    const run = await world.learning.playbook(verified.playbook, soon());
    expect(run).toMatchObject({ attempts: 3, successes: 2 });
    expect(run.verified.successes).toBeCloseTo(1.5, 3);
    expect(run.lastOutcomes.map(({ success }) => success)).toEqual([true, true, false]);
  });

  it('is summed by class, over all anomalies', async () => {
    const world = make();
    const [anomalyClass, action] = [newAnomaly(), `act_${newAnomaly()}`];
    const verified = { anomalyClass, playbook };
    const all = Array.from({ length: 16 }, (_, n) => repairOutcome({ anomalyKey: newAnomaly(n), action, verified, success: n > 3 }));
    const elsewhere = repairOutcome({ action, verified: { anomalyClass: `${anomalyClass}/Pod`, playbook } });
    await recordIn(world.learning, ...all, elsewhere, repairOutcome({ action }));
    const totals = (await world.learning.totals(soon())).filter(each => each.action === action);
    const of = (wanted: string | undefined) => totals.find(each => each.anomalyClass === wanted)?.verified;
    expect(of(undefined)?.successes).toBeCloseTo(13, 3);
    expect(of(anomalyClass)?.successes).toBeCloseTo(12, 3);
    expect(of(anomalyClass)?.failures).toBeCloseTo(4, 3);
    expect(of(`${anomalyClass}/Pod`)).toMatchObject({ failures: 0 });
    expect(totals).toHaveLength(3);
  });

  it('is told of a playbook by the newest ten', async () => {
    const { learning } = make();
    const name = newAnomaly();
    const verified = { anomalyClass: 'HighLatency/Deployment', playbook: { ...playbook, name } };
    const runs = Array.from({ length: 25 }, (_, n) =>
      repairOutcome({ verified, by: `shop/run ${n}%`, at: ago(n * 1000), success: n % 2 === 0, executionSeconds: n + 1 }),
    );
    await recordIn(learning, ...runs.toReversed());
    const { lastOutcomes, recentSeconds, attempts } = await learning.playbook({ ...playbook, name }, soon());
    expect(lastOutcomes).toEqual(runs.slice(0, 10).map(({ id, by, success, at }) => ({ id, by, success, at })));
    expect([attempts, recentSeconds]).toEqual([25, Array.from({ length: 20 }, (_, n) => n + 1)]);
  });

  it('counts for the playbook with the same steps alone, and is there again with them', async () => {
    const { learning } = make();
    const before = { ...playbook, name: newAnomaly() };
    const edited = { ...before, steps: '0123456789abcdef' };
    const outcomes = Array.from({ length: 3 }, () => repairOutcome({ verified: { anomalyClass: 'A/Pod', playbook: before } }));
    await recordIn(learning, ...outcomes);
    expect(await learning.playbook(edited, soon())).toMatchObject({ attempts: 0, lastOutcomes: [] });
    const failure = repairOutcome({ success: false, verified: { anomalyClass: 'A/Pod', playbook: edited } });
    await recordIn(learning, failure);
    expect(await learning.playbook(edited, soon())).toMatchObject({ attempts: 1, successes: 0 });
    expect(await learning.playbook(before, soon())).toMatchObject({ attempts: 3, successes: 3 });
    const [kept] = await learning.outcomes({ ...failure, limit: 1 }, soon());
    expect(kept?.verified?.playbook).toEqual(edited);
  });

  it('of a playbook that never ran is nothing', async () => {
    const record = await make().learning.playbook({ ...playbook, name: newAnomaly() }, soon());
    expect(record).toMatchObject({
      attempts: 0,
      successes: 0,
      recentSeconds: [],
      lastOutcomes: [],
      verified: { successes: 0, failures: 0 },
    });
  });
}
