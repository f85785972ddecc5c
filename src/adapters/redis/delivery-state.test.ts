import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  chainStateContract,
  deedLogContract,
  questionBudgetContract,
  sendRateContract,
} from '../../../test/contracts/delivery-state.contract.ts';
import { elapsed } from '../../../test/parts/elapsed.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../test/parts/connected-redis.ts';
import type { ReceivedAlert } from '../../domain/ports/alert-intake.ts';
import { DEED_WITHIN_MS } from '../../domain/ports/deed-log.ts';
import { redisChainState } from './chain-state.ts';
import { drainReceived } from './drain-received.ts';
import { KEYS } from './keys.ts';
import { redisDeedLog } from './deed-log.ts';
import { redisQuestionBudget } from './question-budget.ts';
import { redisSendRate } from './send-rate.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

beforeEach(async () => void (await redis.ours.commands.call('FLUSHALL')));

const drain = async (take?: (alerts: readonly ReceivedAlert[]) => Promise<void>) => {
  const got: ReceivedAlert[] = [];
  const drained = await drainReceived(redis.ours.commands, take ?? (async alerts => void got.push(...alerts)), soon());
  return { got, ...drained };
};

const keys = async (): Promise<string> => String(await redis.ours.commands.call('KEYS', '*'));

describe('SendRate on Redis', () => {
  sendRateContract(() => ({ rate: redisSendRate(redis.ours.commands), elapse: elapsed }));

  it('keeps nothing beyond the time of the limit', async () => {
    await redisSendRate(redis.ours.commands).take([{ key: 'chat:1', count: 1, perMs: 60_000 }], soon());
    expect(await keys()).toBe('awoooi:send-rate:chat:1');
    expect(await redis.ours.commands.call('PTTL', 'awoooi:send-rate:chat:1')).toBeGreaterThan(50_000);
  });
});

describe('QuestionBudget on Redis', () => {
  questionBudgetContract(perHour => redisQuestionBudget(redis.ours.commands, perHour));

  it('has questions again when the hour is over', async () => {
    const budget = redisQuestionBudget(redis.ours.commands, 1);
    expect([await budget.take(soon()), await budget.take(soon())]).toEqual([true, false]);
    const left = Number(await redis.ours.commands.call('PTTL', KEYS.questions));
    expect(left).toBeGreaterThan(3_500_000);
    await redis.ours.commands.call('PEXPIRE', KEYS.questions, 1);
    await elapsed(3);
    expect(await budget.take(soon())).toBe(true);
  });
});

describe('DeedLog on Redis', () => {
  deedLogContract(() => redisDeedLog(redis.ours.commands));

  it('keeps a claim for longer than a press may take, no longer than others can wait for it, and a press that is done for two days', async () => {
    const log = redisDeedLog(redis.ours.commands);
    await log.claim('p1', soon());
    const left = Number(await redis.ours.commands.call('PTTL', KEYS.deed('p1')));
    expect(left).toBeGreaterThan(DEED_WITHIN_MS);
    expect(left).toBeLessThanOrEqual(25_000);
    await log.done('p1', soon());
    expect(await redis.ours.commands.call('TTL', KEYS.deed('p1'))).toBeGreaterThan(172_000);
  });
});

describe('ChainState on Redis', () => {
  chainStateContract(() => redisChainState(redis.ours.commands));

  it('keeps no more chains than there can be', async () => {
    const state = redisChainState(redis.ours.commands);
    const broke = (n: number) => state.broke({ source: 'signoz', labels: { pod: `p${n}` }, since: new Date(n) }, soon());
    await Promise.all(Array.from({ length: 510 }, (_, n) => broke(n)));
    expect(await state.broken(soon())).toHaveLength(500);
  });
});

describe('the alerts that the version before kept', () => {
  const kept = Array.from({ length: 250 }, (_, n): ReceivedAlert => {
    const alert = { status: 'firing', labels: { alertname: `A${n}` }, annotations: {} };
    return { source: 'alertmanager', receivedAt: new Date('2026-11-26T10:00:00Z'), alert, envelope: { receiver: 'awoooi' } };
  });
  const keep = () => Promise.all(kept.map(alert => redis.ours.commands.call('XADD', KEYS.received, '*', 'alert', JSON.stringify(alert))));

  it('are handed over once, in order, and nothing is left', async () => {
    await keep();
    expect(await drain()).toEqual({ got: kept, taken: 250, unreadable: 0 });
    expect(await keys()).toBe('');
    expect(await drain()).toEqual({ got: [], taken: 0, unreadable: 0 });
  });

  it('stay where nobody takes them', async () => {
    await keep();
    let pages = 0;
    const failing = drain(async () => {
      pages += 1;
      if (pages > 1) throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await drain()).toEqual({ got: kept.slice(100), taken: 150, unreadable: 0 });
  });

  it('are counted and stay where nobody can read them', async () => {
    for (const text of ['no JSON', '{"source":"x"}', JSON.stringify(kept[0])]) {
      await redis.ours.commands.call('XADD', KEYS.received, '*', 'alert', text);
    }
    expect(await drain()).toEqual({ got: [kept[0]], taken: 1, unreadable: 2 });
    expect(await drain()).toEqual({ got: [], taken: 0, unreadable: 2 });
  });
});
