import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../parts/control-plane.ts';
import { eventually } from '../parts/eventually.ts';
import { Root } from '../parts/installed.ts';
import { kubectl } from '../parts/kubectl.ts';
import { type Operator, type OperatorOptions, startOperator } from '../parts/operator.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { type IncidentStage, raiseIncidentStage, ROOM } from './incident-stage.ts';
import { previousVersion, type PreviousVersion } from './previous-version.ts';
import { ended, probeView } from './probe-view.ts';
import { enableRepairs, REPAIRS_ON, repairScene, type RepairScene } from './repair-stage.ts';
import { alertRule, rulesOn, signozSecret, signozView } from './rule-stage.ts';
import { probe, SHORT_LEASE, type Stage, stageIn } from './stage.ts';

const WITHIN = { withinMs: 60_000, everyMs: 100 };
const HEALTH = { name: 'api', type: 'Health' };
const RESTART = { action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } };

let cluster: ControlPlane;
let previous: PreviousVersion;
let stage: Stage;
let world: IncidentStage;
let repairs: RepairScene;
let signoz: Signoz;
let options: OperatorOptions;
let current: Operator;
let written: number;
let ruleId: string;
let waiting: string;

/** Everything that an operator of the version before has made, and left as it was when it was killed. */
beforeAll(async () => {
  [cluster, previous, signoz] = await Promise.all([
    startControlPlane({ workloads: true }),
    previousVersion(),
    startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:9/' }] }] }),
  ]);
  await install(previous.config);
  const now = await stageIn(cluster, 'upgrade');
  stage = {
    ...now,
    operator(redisUrl, env) {
      options = now.operator(redisUrl, env);
      return { ...options, program: previous.program };
    },
  };
  await enableRepairs(stage);
  world = await raiseIncidentStage('upgrade', { stage, env: { ...REPAIRS_ON, ...SHORT_LEASE, TG_CHAT_ID: String(ROOM) } });
  repairs = repairScene(stage, world.alertmanager);
  await repairs.watchdog();
  const target = { url: world.operator.url };
  await stage.apply(signozSecret(signoz), alertRule('errors'), probe('paging', { target, hops: [HEALTH], runToken: 'before' }));
  await probeView(stage, 'paging').until(({ runToken }) => runToken === 'before');
  ruleId = (await rulesOn(stage).synced('errors')).status.ruleId ?? '';
  await repairs.deploy('api');
  await repairs.playbook('restart', { match: { alertname: 'Slow' }, steps: [RESTART] });
  await repairs.fire('Slow', 'api');
  waiting = (await repairs.run('restart', ({ status }) => status?.phase === 'AwaitingApproval')).metadata.name;
  world.telegram.breakWith({ is: 'answer', reply: { status: 502 } });
  await repairs.fire('Untold', 'api');
  await world.incident('Untold');
  await world.operator.kill9();
  await install(join(Root, 'config'));
  world.telegram.mend();
  written = signozView(signoz).writes().length;
  current = await startOperator({ ...options, port: world.operator.port });
}, 240_000);
afterAll(async () => {
  await Promise.all([current, world, signoz].map(part => part?.stop()));
  await cluster?.stop();
});

async function install(config: string): Promise<void> {
  const kubeconfig = cluster.adminKubeconfig;
  await kubectl(['apply', '--server-side', '--force-conflicts', '-k', config], { kubeconfig });
  await kubectl(['wait', '--for=condition=Established', 'crd', '-l', '!none', '--timeout=60s'], { kubeconfig });
}

it('tells once of what the version before took in and could not tell', async () => {
  const { id } = await world.incident('Untold');
  await world.card({ id }, /Untold/);
  await repairs.fire('After', 'api');
  await world.card(await world.incident('After'), /After/);
  expect(world.cards({ id })).toHaveLength(1);
});

it('goes on with the history of a probe', async () => {
  const before = ended(await probeView(stage, 'paging').status());
  const status = await probeView(stage, 'paging').run();
  expect(ended(status)).toEqual([...before, 'Passed']);
  expect(before).toContain('Passed');
});

it('knows its rule in SigNoz, and writes nothing to it before somebody changes it', async () => {
  const rules = rulesOn(stage);
  await rules.patch('errors', { resync: '10s' });
  expect((await rules.synced('errors')).status.ruleId).toBe(ruleId);
  expect(signozView(signoz).writes()).toHaveLength(written);
  await rules.patch('errors', { name: 'Changed after the upgrade' });
  await eventually(() => signozView(signoz).ofObject('errors')[0]?.alert === 'Changed after the upgrade', WITHIN);
  expect(signozView(signoz).ofObject('errors')).toHaveLength(1);
});

it('carries out the run that waited, once it is approved, and learns from it', async () => {
  const run = await repairs.run('restart', ({ status }) => status?.phase === 'AwaitingApproval');
  expect(run.metadata.name).toBe(waiting);
  await repairs.approve(run);
  await repairs.run('restart', ({ status }) => status?.phase === 'Verifying');
  await repairs.resolve('Slow', 'api');
  await repairs.run('restart', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
  expect(await repairs.rollouts('api')).toBe(2);
});

it('can be taken back: the version before goes on with what this one wrote', async () => {
  await current.stop();
  await world.operator.restart();
  const status = await probeView(stage, 'paging').run();
  expect(status.lastRun?.phase).toBe('Passed');
  expect((await world.incident('After')).alertname).toBe('After');
  const [run] = await repairs.runs();
  expect(run?.status?.phase).toBe('Succeeded');
});
