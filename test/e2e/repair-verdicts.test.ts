import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { repairPeople, type RepairPeople, teach } from './repair-people.ts';
import { raiseRepairStage, type RepairStage, type RunView } from './repair-stage.ts';
import { metricsOf, valueOf } from './stage.ts';

let repair: RepairStage;
let people: RepairPeople;

beforeAll(async () => {
  repair = await raiseRepairStage('verdicts', { AWOOOI_REPAIR_BREAKER_RUNS: '100' });
  people = repairPeople(repair);
  await repair.watchdog({ cluster: 'heard' });
});
afterAll(() => repair?.stop());

const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
const RESTART = { action: 'restart_pod', target: TARGET };
const SCALE = { action: 'scale_up', target: TARGET, parameters: { by: 1, maxReplicas: 9 } };
const HEARD = { cluster: 'heard' };
/** No shorter window is allowed. */
const SHORT = { verify: { window: '10s', quiet: '2s', evaluationInterval: '1s' } };

const waits = ({ status }: RunView): boolean => status?.phase === 'AwaitingApproval';
const wentOn = ({ status }: RunView): boolean => status?.phase === 'Verifying';
const ended = ({ status }: RunView): boolean => ['Succeeded', 'Failed', 'Unknown'].includes(status?.phase ?? '');

/** A run that was approved and has done its work; playbook, alert and workload all bear the name. */
async function carriedOut(
  name: string,
  { spec = {}, labels = HEARD }: { spec?: object; labels?: { cluster: string } } = {},
): Promise<void> {
  await repair.deploy(name);
  await repair.playbook(name, { match: { alertname: name }, steps: [RESTART], ...spec });
  await repair.fire(name, name, labels);
  await repair.approve(await repair.run(name, waits));
  await repair.run(name, wentOn);
}

/** Nothing was learned of it. */
async function taughtNothing(name: string): Promise<void> {
  const { status } = await repair.playbookNow(name);
  expect(status?.stats).toMatchObject({ attempts: 0, effectiveN: 0 });
  const { spec } = await repair.run(name);
  expect(await people.call(`/learning/summary/${spec.anomalyKey}`)).toMatchObject({ body: { total_repair_attempts: 0 } });
}

describe.concurrent('a repair', () => {
  it('has failed when the alert fires again in the quiet time, and the next playbook is asked about', async () => {
    await carriedOut('again', { spec: { verify: { window: '60s', quiet: '60s', evaluationInterval: '1s' } } });
    // Not before: what others have just learned of scale_up may put it first.
    await repair.playbook('again-next', { match: { alertname: 'again' }, steps: [SCALE], mode: 'Approve' });
    await repair.resolve('again', 'again', HEARD);
    await repair.run('again', ({ status }) => status?.verification?.resolvedAt !== undefined);
    await repair.fire('again', 'again', HEARD);
    const { status } = await repair.run('again', ended);
    expect(status).toMatchObject({ phase: 'Failed', verdict: { reason: 'FiredAgain' }, learned: true });
    await repair.run('again-next', waits);
    expect((await repair.runs()).filter(({ spec }) => spec.playbookRef.name === 'again')).toHaveLength(1);
  }, 180_000);

  it('has failed when the alert does not resolve in time; the next goes by lower bound, and in the end people are called', async () => {
    await repair.deploy('stuck');
    await teach(repair, { playbook: 'stuck-first', alertname: 'stuck', step: SCALE, helped: 5 });
    await teach(repair, { playbook: 'stuck-second', alertname: 'stuck', step: SCALE, helped: 2 });
    const of = { match: { alertname: 'stuck' }, ...SHORT };
    await repair.playbook('stuck-first', { ...of, steps: [SCALE] });
    await repair.playbook('stuck-second', { ...of, steps: [SCALE] });
    await repair.playbook('stuck-third', { ...of, steps: [RESTART], mode: 'Suggest' });
    await repair.fire('stuck', 'stuck', HEARD);
    for (const name of ['stuck-first', 'stuck-second']) {
      await repair.approve(await repair.run(name, waits));
      expect((await repair.run(name, ended)).status).toMatchObject({ phase: 'Failed', verdict: { reason: 'NotResolved' } });
    }
    const incident = await repair.incident('stuck');
    const card = await eventually(
      () => {
        const [own] = repair.world.cards(incident);
        return own?.buttons.flat().some(({ text }) => /Propose/.test(text)) ? own : undefined;
      },
      { withinMs: 45_000 },
    );
    expect(card.text).toContain('💡 Suggested repair: stuck-third (restart_pod of Deployment stuck)');
    expect(await people.press(card, /Propose/)).toMatch(/^Proposed/);
    await repair.approve(await repair.run('stuck-third', waits));
    await repair.run('stuck-third', ended);
    const call = await repair.world.card(incident, /^🆘 No repair is left \(failed: /);
    expect(call.text).toMatch(/stuck-first.*stuck-second.*stuck-third/);
    expect(call.quiet).toBeUndefined();
    expect(call.replyTo).toBe(card.messageId);
  }, 180_000);

  it('is Unknown where the chain was never heard, and teaches nothing', async () => {
    const labels = { cluster: 'unheard' };
    await carriedOut('unheard', { labels });
    await repair.resolve('unheard', 'unheard', labels);
    expect((await repair.run('unheard', ended)).status).toMatchObject({ phase: 'Unknown', verdict: { reason: 'ChainUnheard' } });
    await taughtNothing('unheard');
  });

  it('is Unknown where the Watchdog ended meanwhile, and teaches nothing', async () => {
    const labels = { cluster: 'lost' };
    await repair.watchdog(labels);
    await carriedOut('lost', { labels });
    await repair.watchdogEnds(labels);
    await eventually(async () => JSON.stringify((await people.call('/watchdogs')).body).includes('"status":"resolved"'), {
      withinMs: 30_000,
    });
    await repair.resolve('lost', 'lost', labels);
    const { status } = await repair.run('lost', ended);
    expect(status).toMatchObject({ phase: 'Unknown', verdict: { reason: expect.stringMatching(/^Chain(Broken|Unheard)$/) } });
    await taughtNothing('lost');
  });

  it('has not succeeded because a person resolved the incident', async () => {
    await carriedOut('closed', { spec: SHORT });
    const { id } = await repair.incident('closed');
    expect(await people.call(`/incidents/${id}/resolve`, { body: {} })).toMatchObject({ status: 200 });
    // Whatever the person says, its alert fires on.
    expect((await repair.run('closed', ended)).status).toMatchObject({ phase: 'Failed', verdict: { reason: 'NotResolved' } });
  });
});

const reported = (n: number, anomaly_key: string, more: object = {}) => ({
  id: `o-${n}`,
  anomaly_key,
  repair_action: 'restart_pod',
  success: true,
  execution_time_seconds: 12,
  ...more,
});

describe.concurrent('what was learned', () => {
  it('becomes a playbook after five outcomes with a root cause, a person edits it for good, and deletes it for good', async () => {
    await repair.deploy('learned');
    await repair.fire('learned', 'learned', HEARD);
    const { anomaly_key } = await repair.incident('learned');
    const name = `restart-pod-${anomaly_key}`;
    const report = async (...outcomes: readonly object[]): Promise<void> => {
      expect(await people.call('/repairs/outcomes', { body: outcomes })).toMatchObject({ status: 200 });
    };
    const promotions = async (result: string): Promise<number> =>
      valueOf(await metricsOf(repair.world.operator), `awoooi_repair_playbook_promotions_total{result="${result}"}`) ?? 0;
    const spec = async () => (await repair.playbookNow(name)).spec;
    const because = { root_cause: 'a leak in the cache' };

    await report(...[1, 2, 3, 4].map(n => reported(n, anomaly_key)));
    await report(reported(5, anomaly_key, because));
    const made = await eventually(spec, { withinMs: 45_000, everyMs: 200 });
    expect(made).toMatchObject({
      source: 'auto_learning',
      mode: 'Suggest',
      match: { anomalyKey: anomaly_key },
      rootCause: 'a leak in the cache',
      steps: [{ action: 'restart_pod', target: { kind: 'Deployment' } }],
    });
    expect(await people.call(`/learning/recommendation/${anomaly_key}?lang=en`)).toMatchObject({
      status: 200,
      body: { action: 'restart_pod', confidence: 1, tier: 1, avg_execution_time: 12, authorised: { allowed: false } },
    });

    const edit = { spec: { mode: 'Approve', rootCause: 'the cache never forgets' } };
    await repair.stage.kubectl('patch', 'repairplaybook', name, '--type=merge', '-p', JSON.stringify(edit));
    const before = await promotions('updated');
    await report(reported(6, anomaly_key, { root_cause: 'something else' }));
    await eventually(async () => (await promotions('updated')) + (await promotions('unchanged')) > before, { withinMs: 30_000 });
    expect(await spec()).toMatchObject(edit.spec);

    await repair.stage.kubectl('delete', 'repairplaybook', name);
    await report(reported(7, anomaly_key, because));
    await eventually(async () => (await promotions('deleted')) === 1, { withinMs: 30_000, everyMs: 200 });
    await expect(spec()).rejects.toThrow('404');
    await report(...[8, 9, 10, 11].map(n => reported(n, anomaly_key, because)));
    await eventually(spec, { withinMs: 45_000, everyMs: 200 });
  });

  it('quarantines a playbook after three failures, until a person ends that by an annotation', async () => {
    const limits = { cooldown: '0s', maxPerHour: 60, maxConcurrent: 3 };
    await repair.playbook('poor', { match: { alertname: 'poor' }, steps: [RESTART], ...SHORT, limits });
    const ofPoor = async (): Promise<readonly RunView[]> => (await repair.runs()).filter(({ spec }) => spec.playbookRef.name === 'poor');
    const targets = ['poor-1', 'poor-2', 'poor-3'];
    await Promise.all([...targets, 'poor-4', 'poor-5'].map(name => repair.deploy(name)));
    await Promise.all(targets.map(name => repair.fire('poor', name, HEARD)));
    const all = await eventually(async () => [await ofPoor()].find(runs => runs.filter(waits).length === 3), { withinMs: 45_000 });
    await Promise.all(all.map(run => repair.approve(run)));
    const quarantined = await eventually(
      async () => [await repair.playbookNow('poor')].find(({ status }) => status?.trust === 'Quarantined'),
      { withinMs: 90_000, everyMs: 200 },
    );
    expect((await ofPoor()).map(({ status }) => status?.phase)).toEqual(['Failed', 'Failed', 'Failed']);
    expect(quarantined.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Quarantined', status: 'True' }));

    await repair.fire('poor', 'poor-4', HEARD);
    const deliveries = async () => (await repair.world.named('poor')).find(({ labels }) => labels['deployment'] === 'poor-4')?.deliveries;
    await eventually(async () => (await deliveries())?.some(({ channel, state }) => channel === 'repair' && state === 'skipped'), {
      withinMs: 30_000,
    });
    expect(await ofPoor()).toHaveLength(3);

    await repair.stage.kubectl('annotate', 'repairplaybook', 'poor', 'awoooi.io/end-quarantine=looked-into');
    await eventually(async () => (await repair.playbookNow('poor')).status?.trust === 'Candidate', { withinMs: 30_000 });
    await repair.fire('poor', 'poor-5', HEARD);
    await eventually(async () => (await ofPoor()).some(waits), { withinMs: 45_000 });
  }, 180_000);
});

describe('the pause', () => {
  it('holds a run that was approved until it is taken back', async () => {
    await repair.allowPause();
    await repair.deploy('held');
    await repair.playbook('held', { match: { alertname: 'held' }, steps: [RESTART] });
    const asked = { status: 200, body: { paused: true, requests: [{ by: 'demo', reason: 'the database is being moved' }] } };
    expect(await people.call('/repairs/pause', { body: { reason: 'the database is being moved' } })).toMatchObject(asked);
    await repair.fire('held', 'held', HEARD);
    await repair.approve(await repair.run('held', waits));
    const held = await repair.run('held', ({ status }) => /paused by demo/.test(status?.message ?? ''));
    expect(held.status?.phase).toBe('AwaitingApproval');
    expect(held.status?.approvals).toMatchObject([{ by: repair.stage.cluster.adminUser, decision: 'Approve' }]);
    expect(await repair.rollouts('held')).toBe(1);
    expect(await people.call('/repairs/resume', { body: {} })).toEqual({ status: 200, body: { paused: false, requests: [] } });
    await repair.run('held', wentOn);
    expect(await repair.rollouts('held')).toBe(2);
  });
});
