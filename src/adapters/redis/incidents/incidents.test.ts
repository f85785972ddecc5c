import { afterAll, beforeAll, describe } from 'vitest';
import { incidentListContract } from '../../../../test/contracts/incident-list.contract.ts';
import { incidentLifeContract } from '../../../../test/contracts/incident-life.contract.ts';
import { incidentRepairsContract } from '../../../../test/contracts/incident-repairs.contract.ts';
import { incidentStoreContract } from '../../../../test/contracts/incident-store.contract.ts';
import { REOPEN_WITHIN_MS } from '../../../../test/contracts/incident-world.ts';
import { outboxContract } from '../../../../test/contracts/outbox.contract.ts';
import { outboxLossesContract } from '../../../../test/contracts/outbox-losses.contract.ts';
import { resolvedChainContract } from '../../../../test/contracts/resolved-chain.contract.ts';
import { elapsed } from '../../../../test/parts/elapsed.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../../test/parts/connected-redis.ts';
import { redisChainState } from '../chain-state.ts';
import { redisIncidents } from './incidents.ts';

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

const world = () => ({
  ...redisIncidents({ redis: redis.ours, replica: 'r1', reopenWithinMs: REOPEN_WITHIN_MS, retentionMs: 3_600_000 }),
  elapse: elapsed,
});

const emptied = async () => {
  await redis.ours.commands.call('FLUSHALL');
  return world();
};

describe('IncidentStore on Redis', () => {
  incidentStoreContract(world);
  incidentLifeContract(world);
  incidentRepairsContract(world);
});

describe('chains on Redis', () => {
  resolvedChainContract(() => ({ ...world(), chain: redisChainState(redis.ours.commands) }));
});

describe('the list of an IncidentStore on Redis', () => {
  incidentListContract(emptied);
});

describe('Outbox on Redis', () => {
  outboxContract(emptied);
  outboxLossesContract(emptied);
});
