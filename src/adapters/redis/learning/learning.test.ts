import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ingestOf, newAnomaly } from '../../../../test/builders/ingest.ts';
import { repairOutcome } from '../../../../test/builders/repair-outcome.ts';
import { learningRepositoryContract } from '../../../../test/contracts/learning-repository.contract.ts';
import { verifiedOutcomesContract } from '../../../../test/contracts/verified-outcomes.contract.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../../test/parts/connected-redis.ts';
import { partitionOf } from '../../../domain/incidents/partition.ts';
import { ACTIONS, DETAILS, OUTCOMES_MS } from '../../../domain/outcomes/limits.ts';
import { redisIncidents } from '../incidents/incidents.ts';
import { redisLearning } from './learning.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => void (await call('FLUSHALL')));

const call = (...[command, ...args]: [string, ...(string | number)[]]) => redis.ours.commands.call(command, ...args);
const ours = () => redisLearning(redis.ours.commands);
const prefix = (anomalyKey: string): string => `{p${String(partitionOf(anomalyKey)).padStart(2, '0')}}`;

async function occur(anomalyKey: string, times: number): Promise<void> {
  const { incidents } = redisIncidents({ redis: redis.ours, replica: 'r1', reopenWithinMs: 60_000, retentionMs: 3_600_000 });
  await incidents.ingest(
    Array.from({ length: times }, (_, n) => ingestOf({ anomalyKey, fingerprint: `f${n}` })),
    soon(),
  );
}

describe('LearningRepository on Redis', () => {
  learningRepositoryContract(() => ({ learning: ours(), other: redisLearning(redis.theirs.commands), occur }));

  describe('what is verified', () => {
    verifiedOutcomesContract(() => ({ learning: ours() }));
  });

  it('keeps the details of an action in a list of its own, the last 100 for 90 days', async () => {
    const one = repairOutcome();
    await ours().record(
      Array.from({ length: DETAILS + 1 }, () => repairOutcome({ anomalyKey: one.anomalyKey })),
      soon(),
    );
    const list = `${prefix(one.anomalyKey)}:learning:repair:${one.anomalyKey}:restart_pod`;
    expect(await call('LLEN', list)).toBe(DETAILS);
    for (const key of [list, `awoooi:${prefix(one.anomalyKey)}:learning:anomaly:${one.anomalyKey}`]) {
      const left = Number(await call('PTTL', key));
      expect(left).toBeGreaterThan(OUTCOMES_MS - 60_000);
      expect(left).toBeLessThanOrEqual(OUTCOMES_MS);
    }
  });

  it('lets what became too old fall off with the next', async () => {
    const one = repairOutcome({ at: new Date(Date.now() - OUTCOMES_MS + 60_000) });
    await ours().record([one], soon());
    const list = `${prefix(one.anomalyKey)}:learning:repair:${one.anomalyKey}:restart_pod`;
    // As it stands once 90 days are over.
    await call('LSET', list, 0, String(await call('LINDEX', list, 0)).replace(/\d+/, String(Date.now() - OUTCOMES_MS - 1000)));
    expect(await ours().outcomes({ ...one, limit: 10 }, soon())).toEqual([]);
    await ours().record([repairOutcome({ anomalyKey: one.anomalyKey })], soon());
    expect(await call('LLEN', list)).toBe(1);
  });

  it('counts occurrences of the last 30 days alone', async () => {
    const anomalyKey = newAnomaly();
    await occur(anomalyKey, 2);
    await call('ZADD', `${prefix(anomalyKey)}:anomaly:timeline:${anomalyKey}`, Date.now() - 31 * 86_400_000, 'old|old');
    expect(await ours().anomaly(anomalyKey, soon())).toMatchObject({ occurrences: 2 });
  });

  it('is bounded however many outcomes and names of actions come: those never verified make room first', async () => {
    const anomalyKey = newAnomaly();
    const verified = { anomalyClass: 'A/Pod', playbook: { namespace: 'shop', name: 'p', steps: 's' } };
    await ours().record([repairOutcome({ anomalyKey, action: 'proved', verified })], soon());
    const strangers = Array.from({ length: 3 * ACTIONS }, (_, n) => repairOutcome({ anomalyKey, action: `strange_${n}` }));
    await ours().record(strangers, soon());
    const { actions } = await ours().anomaly(anomalyKey, soon());
    expect(actions).toHaveLength(ACTIONS);
    expect(actions.map(({ action }) => action)).toEqual(expect.arrayContaining(['proved', `strange_${3 * ACTIONS - 1}`]));
    expect(Number(await call('DBSIZE'))).toBe(ACTIONS + 3);
    await ours().record(
      Array.from({ length: 5000 }, () => repairOutcome({ anomalyKey })),
      soon(),
    );
    const ids = await call('HGET', `awoooi:${prefix(anomalyKey)}:learning:anomaly:${anomalyKey}`, 'ids');
    expect(String(ids).length).toBeLessThanOrEqual(12_000);
  });

  it('forgets of the totals what hardly counts once there are too many', async () => {
    const anomalyKey = newAnomaly();
    const of = (n: number, at?: Date) =>
      repairOutcome({
        anomalyKey,
        ...(at && { at }),
        verified: { anomalyClass: `A${n}/Pod`, playbook: { namespace: 'shop', name: 'p', steps: 's' } },
      });
    const old = new Date(Date.now() - 300 * 86_400_000);
    await ours().record(
      Array.from({ length: 5000 }, (_, n) => of(n, n < 4990 ? old : undefined)),
      soon(),
    );
    expect(await call('HLEN', `awoooi:${prefix(anomalyKey)}:learning:totals`)).toBe(5000);
    await ours().record([of(5000)], soon());
    expect(await call('HLEN', `awoooi:${prefix(anomalyKey)}:learning:totals`)).toBe(11);
  });

  it('is read in one round trip', async () => {
    const one = repairOutcome();
    await ours().record([one, repairOutcome({ anomalyKey: one.anomalyKey, action: 'scale_up' })], soon());
    await ours().anomaly(one.anomalyKey, soon());
    await call('CONFIG', 'RESETSTAT');
    await ours().anomaly(one.anomalyKey, soon());
    const stats = String(await call('INFO', 'commandstats'));
    expect(stats).toMatch(/cmdstat_evalsha:calls=1,/);
    expect(stats).not.toMatch(/cmdstat_(lrange|get):/);
  });

  it('loses nothing of many when Redis knows no script any more', async () => {
    const one = repairOutcome();
    await call('SCRIPT', 'FLUSH');
    const many = Array.from({ length: 600 }, () => repairOutcome({ anomalyKey: one.anomalyKey }));
    expect(await ours().record(many, soon())).toHaveLength(600);
    expect(await ours().anomaly(one.anomalyKey, soon())).toMatchObject({ actions: [{ attempts: 600 }] });
  });

  it('says that Redis is away', async () => {
    const away = { fault: 'unavailable' };
    const one = repairOutcome();
    const learning = ours();
    await expect(learning.record([one], AbortSignal.abort())).rejects.toMatchObject(away);
    await expect(learning.anomaly(one.anomalyKey, AbortSignal.abort())).rejects.toMatchObject(away);
    await expect(learning.outcomes({ ...one, limit: 1 }, AbortSignal.abort())).rejects.toMatchObject(away);
    await expect(learning.playbook({ namespace: 'a', name: 'b', steps: 's' }, AbortSignal.abort())).rejects.toMatchObject(away);
    await expect(learning.totals(AbortSignal.abort())).rejects.toMatchObject(away);
  });
});
