import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';

let repair: RepairStage;

beforeAll(async () => {
  repair = await raiseRepairStage('approvals');
  await repair.watchdog();
});
afterAll(() => repair?.stop());

const LONG = { withinMs: 90_000, everyMs: 250 };
const RESTART = { action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } };

async function asked(name: string, spec: object = {}): Promise<RunView> {
  await repair.deploy(name);
  await repair.playbook(name, { match: { alertname: name }, steps: [RESTART], ...spec });
  await repair.fire(name, name);
  return repair.run(name, ({ status }) => status?.phase === 'AwaitingApproval');
}

const phase = (name: string, wanted: string): Promise<RunView> => repair.run(name, ({ status }) => status?.phase === wanted);
const ofPlaybook = async (name: string): Promise<readonly RunView[]> =>
  (await repair.runs()).filter(({ spec }) => spec.playbookRef.name === name);

/** By HTTP, in the name of the cluster's admin; the status of the answer. */
async function post({ status }: RunView, verb = 'approve'): Promise<number> {
  const { cluster } = repair.stage;
  const answer = await fetch(`${repair.world.operator.url}/api/v1/approvals/${status?.approvalId}/${verb}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cluster.adminToken}`, 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(10_000),
  });
  await answer.body?.cancel();
  return answer.status;
}

describe('an approval', () => {
  it.concurrent('that arrives twice, by kubectl and by HTTP, lets the run begin once', async () => {
    const run = await asked('twice');
    await Promise.all([repair.approve(run), post(run), post(run)]);
    const { status } = await phase('twice', 'Verifying');
    expect(status?.approvals?.map(({ by, decision }) => ({ by, decision }))).toEqual([
      { by: repair.stage.cluster.adminUser, decision: 'Approve' },
    ]);
    expect(await repair.rollouts('twice')).toBe(2);
    expect(status?.steps).toHaveLength(1);
  });

  it.concurrent('that comes after the run has expired does not count, and whoever gave it is told', async () => {
    const run = await asked('late', { approval: { expiresAfter: '1m' } });
    await eventually(async () => (await ofPlaybook('late'))[0]?.status?.phase === 'Expired', LONG);
    await repair.approve(run);
    expect(await post(run)).toBe(409);
    await repair.run('late', ({ status }) => status?.late?.includes(repair.stage.cluster.adminUser) === true);
    const events = await repair.stage.kubectl('get', 'events', '-o', 'jsonpath={.items[*].reason}');
    expect(events.split(' ')).toContain('DecisionTooLate');
    expect((await phase('late', 'Expired')).status?.startedAt).toBeUndefined();
    expect(await repair.rollouts('late')).toBe(1);
  }, 150_000);

  it.concurrent('of somebody who is not listed does not count, by whatever way', async () => {
    const run = await asked('stranger', { approval: { approvers: ['mei'] } });
    await repair.approve(run);
    expect(await post(run)).toBe(403);
    const seen = await repair.run('stranger', ({ status }) => status?.message?.includes('admin is not among') === true);
    expect(seen.status?.phase).toBe('AwaitingApproval');
    expect(await repair.rollouts('stranger')).toBe(1);
  });
});

describe('a playbook', () => {
  it.concurrent('that is changed while its run waits is asked about again, and the approval of before does not count', async () => {
    const run = await asked('changed', { approval: { quorum: 2 } });
    await repair.approve(run);
    await repair.playbook('changed', { match: { alertname: 'changed' }, steps: [RESTART, RESTART] });
    const waits = async () => (await ofPlaybook('changed')).find(({ status }) => status?.phase === 'AwaitingApproval' && status.approvalId);
    const next = await eventually(async () => {
      const found = await waits();
      return found?.metadata.uid === run.metadata.uid ? undefined : found;
    }, LONG);
    expect(next.spec).toMatchObject({ approvals: [], steps: [RESTART, RESTART].map(() => ({ action: 'restart_pod' })) });
    expect(next.spec.playbookHash).not.toBe(run.spec.playbookHash);
    const all = await ofPlaybook('changed');
    expect(all).toHaveLength(2);
    expect(new Set(all.map(({ status }) => status?.phase))).toEqual(new Set(['AwaitingApproval', 'Expired']));
    expect(await repair.rollouts('changed')).toBe(1);
  });

  it.concurrent('that is deleted between two steps: what was done stays, and the rest is not begun', async () => {
    await repair.deploy('halfway');
    // So that a rollout takes a while.
    await repair.stage.kubectl('patch', 'deployment', 'halfway', '-p', '{"spec":{"minReadySeconds":5}}');
    const scale = { action: 'scale_up', target: RESTART.target, parameters: { by: 1, maxReplicas: 8 } };
    await repair.playbook('halfway', { match: { alertname: 'halfway' }, steps: [RESTART, scale] });
    await repair.fire('halfway', 'halfway');
    await repair.approve(await phase('halfway', 'AwaitingApproval'));
    await repair.run('halfway', ({ status }) => status?.steps?.[0]?.effectTime !== undefined);
    await repair.stage.kubectl('delete', 'repairplaybook', 'halfway');
    const { status } = await phase('halfway', 'Unknown');
    expect(status?.verdict).toMatchObject({ reason: 'PlaybookDeleted', message: expect.stringContaining('1 of 2 steps were done') });
    expect((await repair.workload('halfway')).spec.replicas).toBe(2);
    expect(await repair.rollouts('halfway')).toBe(2);
  });

  it.concurrent('that is deleted while its run is verified keeps the run from nothing', async () => {
    await repair.approve(await asked('verified'));
    await phase('verified', 'Verifying');
    await repair.stage.kubectl('delete', 'repairplaybook', 'verified');
    await repair.resolve('verified', 'verified');
    expect((await phase('verified', 'Succeeded')).status?.learned).toBe(true);
  });
});
