import { afterAll, beforeAll, expect, it } from 'vitest';
import { drillApprovalsContract } from '../../../test/contracts/drill-approvals.contract.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../../test/parts/connected-redis.ts';
import { newDrillId } from '../../domain/approvals/drill-id.ts';
import { redisDrillApprovals } from './drill-approvals.ts';
import { KEYS } from './keys.ts';

let redis: ConnectedRedis;

beforeAll(async () => {
  redis = await startConnectedRedis();
});
afterAll(() => redis.stop());

drillApprovalsContract(() => ({ ours: redisDrillApprovals(redis.ours.commands), other: redisDrillApprovals(redis.theirs.commands) }));

it('says so rather than nothing where the key holds something else', async () => {
  const id = newDrillId();
  await redis.ours.commands.call('HSET', KEYS.drillApproval(id), 'status', 'whatever');
  const finding = redisDrillApprovals(redis.ours.commands).find(id, AbortSignal.timeout(10_000));
  await expect(finding).rejects.toMatchObject({ fault: 'unavailable' });
});
