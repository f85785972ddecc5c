import { beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import type { Part } from '../parts/part.ts';
import { steppedClock } from '../parts/stepped-clock.ts';
import { CALM_LEASE, repairLane, type RepairLane } from './repair-lane.ts';
import { enableRepairs, type RunView } from './repair-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

let first: Stage;

beforeAll(async () => {
  first = await raiseStage('repair-permissions', { workloads: true });
});

const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
const RESTART = { action: 'restart_pod', target: TARGET };

type Given = Pick<TestContext, 'onTestFinished'>;

/** A namespace of its own, where a run asks whether it may restart a Deployment. */
async function lane({ onTestFinished }: Given, spec: object = {}): Promise<RepairLane> {
  const made = await repairLane(first, 'permissions');
  onTestFinished(() => made.stop());
  await made.deploy('api');
  await made.write('book', { match: { alertname: 'Slow' }, steps: [RESTART], ...spec });
  await made.fire('Slow', 'api');
  return made;
}

async function operator(of: RepairLane, { onTestFinished }: Given, env?: Readonly<Record<string, string>>): Promise<Part> {
  const part = await of.survivor(env);
  onTestFinished(() => part.stop());
  return part;
}

/** Resolves once the operator's own clock is so far from this one. */
async function clockShows({ url }: Part, aheadMs: number): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const { headers } = await fetch(`${url}/api/v1/health`);
    return Math.abs(Date.parse(headers.get('date') ?? '') - Date.now() - aheadMs) < 60_000;
  };
  await eventually(isThere, { withinMs: 30_000 });
}

const phase = (of: RepairLane, wanted: string): Promise<RunView> => of.run('book', ({ status }) => status?.phase === wanted);
const approve = async (of: RepairLane): Promise<void> => of.approve(await phase(of, 'AwaitingApproval'));
const says = (of: RepairLane, words: RegExp, playbook = 'book'): Promise<RunView> =>
  of.run(playbook, ({ status }) => words.test(status?.message ?? ''));

const quietUntil = ({ status }: RunView): number => Date.parse(status?.verification?.quietUntil ?? '1970-01-01');

describe('a run that is approved', () => {
  it.concurrent('is held where the Role is missing, says what to apply, and goes on once it is there', async given => {
    const at = await lane(given);
    await at.stage.kubectl('delete', 'rolebinding', 'awoooi-operator-repair');
    await operator(at, given);
    await approve(at);
    const { status } = await says(at, /kubectl apply -k config\/repair -n e2e-permissions/);
    expect(status).toMatchObject({ phase: 'AwaitingApproval', conditions: expect.arrayContaining([stalled('Forbidden')]) });
    expect(await at.rollouts('api')).toBe(1);
    await enableRepairs(at.stage);
    await phase(at, 'Verifying');
    expect(await at.rollouts('api')).toBe(2);
  });

  it.concurrent('is held where the namespace does not bear the label, names it, and goes on once it does', async given => {
    const at = await lane(given);
    await at.stage.kubectl('label', 'namespace', at.stage.namespace, 'awoooi.io/repair-');
    await operator(at, given);
    await approve(at);
    const { status } = await says(at, /kubectl label namespace e2e-permissions-\w+ awoooi.io\/repair=enabled/);
    expect(status).toMatchObject({ phase: 'AwaitingApproval', conditions: expect.arrayContaining([stalled('NamespaceNotEnabled')]) });
    expect(await at.rollouts('api')).toBe(1);
    await at.stage.kubectl('label', 'namespace', at.stage.namespace, 'awoooi.io/repair=enabled');
    await phase(at, 'Verifying');
    expect(await at.rollouts('api')).toBe(2);
  });

  it.concurrent('does nothing while execution is off, and says how to turn it on', async given => {
    const at = await lane(given);
    await operator(at, given, { AWOOOI_REPAIR_EXECUTION: 'off' });
    await approve(at);
    const { status } = await says(at, /AWOOOI_REPAIR_EXECUTION=on/);
    expect(status).toMatchObject({ phase: 'AwaitingApproval', conditions: expect.arrayContaining([stalled('ExecutionOff')]) });
    expect(status?.startedAt).toBeUndefined();
    expect(await at.rollouts('api')).toBe(1);
  });
});

it.concurrent('a target that somebody scales between plan and act keeps what they have set', async given => {
  const at = await lane(given, { steps: [{ action: 'scale_up', target: TARGET, parameters: { by: 1, maxReplicas: 8 } }] });
  expect(await at.death('run-effect:before', () => approve(at))).toBe('SIGKILL');
  const { status } = await phase(at, 'Running');
  expect(status?.steps?.[0]?.intent?.summary).toBe('Scales Deployment api from 2 to 3 replicas.');
  await at.stage.kubectl('scale', 'deployment', 'api', '--replicas=5');
  await operator(at, given);
  const ended = await phase(at, 'Failed');
  expect(ended.status?.steps).toMatchObject([{ deed: { result: 'Refused' } }]);
  expect((await at.workload('api')).spec.replicas).toBe(5);
  expect(ended.status?.learned).toBeUndefined();
}, 150_000);

it.concurrent('a clock that is set forward by an hour ends no cool-down, and set back it begins nothing', async given => {
  const clock = steppedClock();
  given.onTestFinished(() => clock.stop());
  const limits = { cooldown: '10m' };
  const at = await lane(given, { limits });
  const part = await operator(at, given, { ...clock.env, ...CALM_LEASE });
  await approve(at);
  await phase(at, 'Verifying');
  await at.resolve('Slow', 'api');
  await phase(at, 'Succeeded');

  clock.step(3_600);
  await clockShows(part, 3_600_000);
  await at.playbook('other', { match: { alertname: 'Other' }, steps: [RESTART], limits });
  await at.fire('Other', 'api');
  await at.approve(await at.run('other', ({ status }) => status?.phase === 'AwaitingApproval'));
  await says(at, /was repaired less than 10m ago/, 'other');

  clock.step(-3_600);
  await clockShows(part, -3_600_000);
  await at.playbook('third', { match: { alertname: 'Third' }, steps: [RESTART], limits });
  await at.fire('Third', 'api');
  await at.approve(await at.run('third', ({ status }) => status?.phase === 'AwaitingApproval'));
  await says(at, /was repaired less than 10m ago/, 'third');
  expect(await at.rollouts('api')).toBe(2);
}, 150_000);

it.concurrent('a clock that is set forward by an hour while the alert must be quiet proves no success', async given => {
  const clock = steppedClock();
  given.onTestFinished(() => clock.stop());
  const at = await lane(given, { verify: { window: '60s', quiet: '10m', evaluationInterval: '1s' } });
  await operator(at, given, { ...clock.env, ...CALM_LEASE });
  await approve(at);
  const { status: acted } = await phase(at, 'Verifying');
  expect(acted?.steps?.[0]?.intent?.workload).toBe('Deployment/api');
  await at.resolve('Slow', 'api');
  const before = quietUntil(await at.run('book', run => quietUntil(run) > 0));

  clock.step(3_600);
  // Nobody was heard in that hour: either nothing can be said, or it must be quiet for as long again.
  const later = await at.run('book', run => run.status?.phase !== 'Verifying' || quietUntil(run) > before + 3_000_000);
  expect(['Unknown', 'Verifying']).toContain(later.status?.phase);
}, 150_000);

function stalled(reason: string): unknown {
  return expect.objectContaining({ type: 'Stalled', status: 'True', reason });
}
