import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { raiseRepairStage, type RepairStage } from './repair-stage.ts';

let repair: RepairStage;

beforeAll(async () => {
  repair = await raiseRepairStage('circle');
  await repair.watchdog();
});
afterAll(() => repair?.stop());

const RESTART = { action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } };

it('repairs what a person approves, once, and learns from it once the alert stays resolved', async () => {
  await repair.deploy('api');
  await repair.playbook('restart', { match: { alertname: 'Slow' }, steps: [RESTART] });
  await repair.fire('Slow', 'api');
  const waiting = await repair.run('restart', ({ status }) => status?.phase === 'AwaitingApproval');
  expect(await repair.rollouts('api')).toBe(1);
  await repair.approve(waiting);
  await repair.run('restart', ({ status }) => status?.phase === 'Verifying');
  expect(await repair.rollouts('api')).toBe(2);
  await repair.resolve('Slow', 'api');
  const done = await repair.run('restart', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
  expect(done.status?.approvals).toMatchObject([{ by: repair.stage.cluster.adminUser, via: 'kubernetes', decision: 'Approve' }]);
  expect(await repair.rollouts('api')).toBe(2);
  const { status } = await eventually(
    async () => {
      const now = await repair.playbookNow('restart');
      return now.status?.stats?.attempts === 1 ? now : undefined;
    },
    { withinMs: 60_000 },
  );
  expect(status).toMatchObject({ trust: 'Candidate', stats: { successes: 1, successRate: 1 } });
});
