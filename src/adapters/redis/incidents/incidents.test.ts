import { afterAll, beforeAll, describe } from 'vitest';
import { incidentListContract } from '../../../../test/contracts/incident-list.contract.ts';
import { incidentLifeContract } from '../../../../test/contracts/incident-life.contract.ts';
import { incidentStoreContract } from '../../../../test/contracts/incident-store.contract.ts';
import { REOPEN_WITHIN_MS } from '../../../../test/contracts/incident-world.ts';
import { outboxContract } from '../../../../test/contracts/outbox.contract.ts';
import { outboxLossesContract } from '../../../../test/contracts/outbox-losses.contract.ts';
import { resolvedChainContract } from '../../../../test/contracts/resolved-chain.contract.ts';
import { elapsed } from '../../../../test/parts/elapsed.ts';
import type { Part } from '../../../../test/parts/part.ts';
import { startRedis } from '../../../../test/parts/redis.ts';
import { redisChainState } from '../chain-state.ts';
import { connectRedis, type RedisConnection } from '../connection.ts';
import { redisIncidents } from './incidents.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);

let part: Part;
let redis: RedisConnection;

beforeAll(async () => {
  part = await startRedis();
  redis = connectRedis({ url: part.url });
  await redis.ready(soon());
});

afterAll(async () => {
  redis.close();
  await part.stop();
});

const world = () => ({
  ...redisIncidents({ redis, replica: 'r1', reopenWithinMs: REOPEN_WITHIN_MS, retentionMs: 3_600_000 }),
  elapse: elapsed,
});

const emptied = async () => {
  await redis.commands.call('FLUSHALL');
  return world();
};

describe('IncidentStore on Redis', () => {
  incidentStoreContract(world);
  incidentLifeContract(world);
});

describe('chains on Redis', () => {
  resolvedChainContract(() => ({ ...world(), chain: redisChainState(redis.commands) }));
});

describe('the list of an IncidentStore on Redis', () => {
  incidentListContract(emptied);
});

describe('Outbox on Redis', () => {
  outboxContract(emptied);
  outboxLossesContract(emptied);
});
