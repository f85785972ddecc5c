import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../parts/eventually.ts';
import { repairPeople, type RepairPeople, teach } from './repair-people.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';

let repair: RepairStage;
let people: RepairPeople;

beforeAll(async () => {
  repair = await raiseRepairStage('modes', { AWOOOI_REPAIR_AUTOMATIC_TIER: '1', AWOOOI_REPAIR_BREAKER_RUNS: '100' });
  people = repairPeople(repair);
  await repair.watchdog();
});
afterAll(() => repair?.stop());

const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
const RESTART = { action: 'restart_pod', target: TARGET };
const SCALE = { action: 'scale_up', target: TARGET, parameters: { by: 1, maxReplicas: 5 } };

const waits = ({ status }: RunView): boolean => status?.phase === 'AwaitingApproval';
const wentOn = ({ status }: RunView): boolean => status?.phase === 'Verifying';

/** A workload in trouble, with a playbook for it; all three bear the name. */
async function trouble(name: string, spec: object): Promise<void> {
  await repair.deploy(name);
  await repair.playbook(name, { match: { alertname: name }, steps: [RESTART], ...spec });
  await repair.fire(name, name);
}

const trusted = async (name: string): Promise<void> => {
  await eventually(async () => (await repair.playbookNow(name)).status?.trust === 'Trusted', { withinMs: 30_000 });
};

describe.concurrent('a playbook of mode', () => {
  it('Suggest is a line and a button on the card, and a press makes a run that waits for approval', async () => {
    await trouble('suggested', { mode: 'Suggest' });
    const incident = await repair.incident('suggested');
    const card = await repair.world.card(incident, /💡 Suggested repair: suggested \(restart_pod of Deployment suggested\)/);
    expect((await repair.runs()).filter(({ spec }) => spec.playbookRef.name === 'suggested')).toEqual([]);

    expect(await people.press(card, /Propose this repair/)).toBe('Proposed: it asks for approval in a message of its own.');
    const run = await repair.run('suggested', waits);
    expect(run.status?.approvals ?? []).toEqual([]);
    const asked = await people.asking(run);
    expect(asked).toMatchObject({ replyTo: card.messageId });
    expect(await people.press(card, /Propose this repair/)).toBe('Another repair of this incident is under way, or waits.');
    expect(await repair.rollouts('suggested')).toBe(1);
    const told = await repair.incident('suggested', ({ timeline }) => timeline.some(({ who }) => who.startsWith('telegram:')));
    expect(told.timeline.filter(({ what }) => what === 'repair-proposed')).toContainEqual(
      expect.objectContaining({ who: 'telegram:ada (4711)', detail: 'suggested, from the card' }),
    );

    expect(await people.press(asked, /Approve/)).toBe('Approved.');
    await repair.run('suggested', wentOn);
    expect(await repair.rollouts('suggested')).toBe(2);
  });

  it('Approve makes a run that does nothing before it is approved', async () => {
    await trouble('approved', { mode: 'Approve' });
    const run = await repair.run('approved', waits);
    expect(run.status?.gate).toBeUndefined();
    expect(run.status?.message).toBe('It waits for approval: 0 of 1.');
    expect(await repair.rollouts('approved')).toBe(1);
    await repair.approve(run);
    await repair.run('approved', wentOn);
    expect(await repair.rollouts('approved')).toBe(2);
  });

  it('Automatic waits for a person while it has not proved itself, and says why', async () => {
    await trouble('unproven', { mode: 'Automatic' });
    const run = await repair.run('unproven', waits);
    const why = 'The playbook has not proved itself: it is no more than a Candidate. A person has to approve.';
    expect(run.status).toMatchObject({ gate: why, message: `It waits for approval: 0 of 1. ${why}` });
    await people.edited(await people.asking(run), /no more than a Candidate/);
    expect(await repair.rollouts('unproven')).toBe(1);
    await repair.approve(run);
    const gone = await repair.run('unproven', wentOn);
    expect(gone.status?.approvals).toMatchObject([{ by: repair.stage.cluster.adminUser, via: 'kubernetes' }]);
  });

  it('Automatic runs by itself once verified runs have proved it, and the gate stands as who approved', async () => {
    await teach(repair, { playbook: 'proven', alertname: 'proven', step: RESTART, helped: 5 });
    await repair.deploy('proven');
    await repair.playbook('proven', { match: { alertname: 'proven' }, steps: [RESTART], mode: 'Automatic' });
    await trusted('proven');
    await repair.fire('proven', 'proven');
    const run = await repair.run('proven', wentOn);
    expect(run.status?.approvals).toMatchObject([{ by: 'gate', via: 'gate', decision: 'Approve' }]);
    expect(run.status?.gate).toMatch(/^It runs by itself: the playbook is Trusted \(lower bound 0\.6\d* of 5 runs\)\.$/);
    expect(await repair.rollouts('proven')).toBe(2);
    await repair.world.card(await repair.incident('proven'), /proven: being verified, by what was learned –/);
  });

  it('Automatic does not trust what was reported from outside', async () => {
    await repair.deploy('reported');
    await repair.fire('reported', 'reported');
    const { anomaly_key } = await repair.incident('reported');
    const outcomes = Array.from({ length: 20 }, (_, n) => ({ id: `r-${n}`, anomaly_key, repair_action: 'restart_pod', success: true }));
    expect(await people.call('/repairs/outcomes', { body: outcomes })).toMatchObject({ status: 200 });
    await repair.playbook('reported', { match: { anomalyKey: anomaly_key }, steps: [RESTART], mode: 'Automatic' });
    const { status } = await repair.playbookNow('reported');
    expect(status).toMatchObject({ trust: 'Candidate', stats: { attempts: 20, successRate: 1, effectiveN: 0 } });
    expect(await people.call(`/learning/recommendation/${anomaly_key}`)).toMatchObject({
      body: { action: 'restart_pod', confidence: 1, authorised: { allowed: false } },
    });
  });

  it('Automatic waits where a step reaches farther than AWOOOI_REPAIR_AUTOMATIC_TIER', async () => {
    await teach(repair, { playbook: 'far', alertname: 'far', step: SCALE, helped: 5 });
    await repair.deploy('far');
    await repair.playbook('far', { match: { alertname: 'far' }, steps: [SCALE], mode: 'Automatic' });
    await trusted('far');
    await repair.fire('far', 'far');
    const run = await repair.run('far', waits);
    expect(run.status?.gate).toBe('A step is of tier 2, and AWOOOI_REPAIR_AUTOMATIC_TIER is 1. A person has to approve.');
    expect((await repair.workload('far')).spec.replicas).toBe(2);
    await repair.approve(run);
    await repair.run('far', wentOn);
    expect((await repair.workload('far')).spec.replicas).toBe(3);
  });

  it('Shadow tries and does nothing, and compares what people did', async () => {
    await repair.deploy('shadowed');
    const before = await repair.workload('shadowed');
    await repair.playbook('shadowed', {
      match: { alertname: 'shadowed' },
      steps: [RESTART],
      mode: 'Shadow',
      verify: { window: '20s', quiet: '2s', evaluationInterval: '1s' },
    });
    await repair.fire('shadowed', 'shadowed');
    const run = await repair.run('shadowed', ({ status }) => status?.phase === 'DryRun');
    expect(run.status).toMatchObject({
      comparison: { proposed: 'restart_pod' },
      message: 'All 1 steps could be done. Nothing was done.',
      steps: [{ deed: { result: 'Skipped' } }],
    });
    const told = { anomaly_key: run.spec.anomalyKey, repair_action: 'restart_pod', success: true, id: 'by-hand' };
    expect(await people.call('/repairs/outcomes', { body: told })).toMatchObject({ status: 200 });
    const compared = await repair.run('shadowed', ({ status }) => status?.comparison?.comparedAt !== undefined);
    expect(compared.status?.comparison).toMatchObject({ proposed: 'restart_pod', done: 'restart_pod', same: true, succeeded: true });
    expect(await repair.workload('shadowed')).toEqual(before);
    expect(compared.status?.learned).toBeUndefined();
  });
});

describe.concurrent('a run that a person makes', () => {
  it('with spec.dryRun says what it would do, and does nothing', async () => {
    await repair.deploy('tried');
    await repair.playbook('tried', { match: { alertname: 'tried' }, steps: [SCALE] });
    const before = await repair.workload('tried');
    const { status } = await repair.playbookNow('tried');
    const steps = [{ ...SCALE, target: { kind: 'Deployment', name: 'tried' } }];
    await repair.stage.apply({
      apiVersion: 'awoooi.io/v1alpha1',
      kind: 'RepairRun',
      metadata: { name: 'tried' },
      spec: { playbookRef: { name: 'tried' }, playbookHash: status?.hash, steps, dryRun: true },
    });
    const run = await repair.run('tried', ({ status: now }) => now?.phase === 'DryRun');
    expect(z.string().parse(run.status?.steps?.[0]?.deed?.detail)).toMatch(/^Would be done: .*from 2 to 3/i);
    expect(await repair.workload('tried')).toEqual(before);
    await repair.stage.kubectl('wait', 'repairrun/tried', '--for=condition=Ready', '--timeout=10s');
  });
});
