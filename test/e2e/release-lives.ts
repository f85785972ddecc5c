import { expect } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { condition, type ProbeView, probeView } from './probe-view.ts';
import type { ReleaseWorld } from './release-world.ts';
import { type RepairScene, repairScene } from './repair-stage.ts';
import { alertRule, rulesOn, signozView } from './rule-stage.ts';
import { probe } from './stage.ts';

/** The life of one object, step by step. */
export interface Life {
  create(): Promise<unknown>;
  change(): Promise<unknown>;
  /** What it stands for breaks, and it says so. */
  fault(): Promise<unknown>;
  recover(): Promise<unknown>;
  /** It is deleted, and gone. */
  end(): Promise<unknown>;
}

const LONG_MS = 60_000;
const HEALTH = { name: 'api', type: 'Health' };
const TARGET = { kind: 'Deployment', fromLabel: 'deployment' };
const RESTART = { action: 'restart_pod', target: TARGET };

/** One of each kind. */
export function livesIn(world: ReleaseWorld): Readonly<Record<string, Life>> {
  const scene = repairScene(world.stage, world.alertmanager);
  return {
    AlertChainProbe: probeLife(world),
    SignozAlertRule: ruleLife(world),
    RepairPlaybook: playbookLife(scene),
    RepairRun: runLife(scene),
  };
}

function probeLife({ stage, target }: ReleaseWorld): Life {
  const view: ProbeView = probeView(stage, 'paging');
  const auth = { bearerToken: { name: 'target', key: 'token' } };
  const becomes = (wanted: string) => view.until(status => condition(status) === wanted, LONG_MS);
  return {
    async create() {
      await stage.apply(probe('paging', { schedule: { every: '2s' }, timeout: '2s', target: { url: target.url, auth }, hops: [HEALTH] }));
      await becomes('True/AllHopsPassed');
    },
    async change() {
      await view.patch({ spec: { hops: [HEALTH, { name: 'alerts', type: 'AlertmanagerWebhook' }] } });
      const { hops } = await view.until((now, { metadata }) => now.provenGeneration === metadata.generation, LONG_MS);
      expect(hops?.map(({ name, result }) => `${name} ${result}`)).toEqual(['api Passed', 'alerts Passed']);
    },
    async fault() {
      target.breakWith({ is: 'answer', reply: { status: 500 } });
      await view.until(status => condition(status, 'ChainHealthy').startsWith('False/'), LONG_MS);
    },
    async recover() {
      target.mend();
      await becomes('True/AllHopsPassed');
    },
    async end() {
      await stage.kubectl('delete', 'acp', 'paging', '--timeout=30s');
    },
  };
}

function ruleLife({ stage, signoz }: ReleaseWorld): Life {
  const rules = rulesOn(stage);
  const view = signozView(signoz);
  return {
    async create() {
      await stage.apply(alertRule('errors', { name: 'API errors', resync: '10s' }));
      const { status } = await rules.synced('errors');
      expect((await view.one(status.ruleId ?? ''))['alert']).toBe('API errors');
    },
    async change() {
      await rules.patch('errors', { name: 'Errors of the API' });
      await eventually(() => view.ofObject('errors').some(({ alert }) => alert === 'Errors of the API'), { withinMs: LONG_MS });
      await rules.synced('errors');
    },
    async fault() {
      signoz.breakWith({ is: 'answer', reply: { status: 503 } });
      await rules.patch('errors', { name: 'Not while it is away' });
      await rules.until('errors', rule => rules.condition(rule, 'Ready')?.status === 'False', LONG_MS);
    },
    async recover() {
      signoz.mend();
      await rules.until('errors', rule => rules.condition(rule, 'Ready')?.status === 'True', LONG_MS);
      expect(view.ofObject('errors').map(({ alert }) => alert)).toEqual(['Not while it is away']);
    },
    async end() {
      await stage.kubectl('delete', 'sar', 'errors', '--timeout=60s');
      expect(view.ofObject('errors')).toEqual([]);
    },
  };
}

/** Three runs that do not help quarantine it, and only a person's word ends that. */
function playbookLife(scene: RepairScene): Life {
  const { stage } = scene;
  const soon = { verify: { window: '10s', quiet: '1s', evaluationInterval: '1s' } };
  const trust = (wanted: string) =>
    eventually(async () => (await scene.playbookNow('restart')).status?.trust === wanted, { withinMs: LONG_MS });
  return {
    async create() {
      await scene.deploy('api');
      await scene.playbook('restart', { match: { alertname: 'Slow' }, steps: [RESTART], ...soon });
      await trust('Candidate');
    },
    async change() {
      const { hash } = (await scene.playbookNow('restart')).status ?? {};
      await scene.write('restart', { match: { alertname: 'Slow' }, steps: [RESTART, RESTART], ...soon });
      await eventually(async () => (await scene.playbookNow('restart')).status?.hash !== hash, { withinMs: LONG_MS });
    },
    async fault() {
      await scene.write('restart', { match: { alertname: 'Slow' }, steps: [RESTART], ...soon, suspend: true });
      await stage.kubectl('wait', 'rpb/restart', '--for=condition=Ready=False', '--timeout=60s');
    },
    async recover() {
      await scene.write('restart', { match: { alertname: 'Slow' }, steps: [RESTART], ...soon, suspend: false });
      await stage.kubectl('wait', 'rpb/restart', '--for=condition=Ready', '--timeout=60s');
    },
    async end() {
      await stage.kubectl('delete', 'rpb', 'restart', '--timeout=30s');
    },
  };
}

/** From an alert to what was learned of its repair; what breaks meanwhile is the workload. */
function runLife(scene: RepairScene): Life {
  const { stage } = scene;
  const phase = (wanted: string) => scene.run('scale', ({ status }) => status?.phase === wanted);
  return {
    async create() {
      await scene.deploy('queue', { replicas: 1 });
      const steps = [{ action: 'scale_up', target: TARGET, parameters: { by: 1, maxReplicas: 5 } }];
      await scene.playbook('scale', { match: { alertname: 'Backlog' }, steps });
      await scene.fire('Backlog', 'queue');
      await phase('AwaitingApproval');
    },
    async change() {
      // Whoever scales it meanwhile changes what the run plans.
      await stage.kubectl('scale', 'deployment', 'queue', '--replicas=2');
      await stage.kubectl('rollout', 'status', 'deployment/queue', '--timeout=60s');
      expect((await phase('AwaitingApproval')).status?.startedAt).toBeUndefined();
    },
    async fault() {
      await stage.kubectl('rollout', 'pause', 'deployment/queue');
      await stage.kubectl('rollout', 'resume', 'deployment/queue');
      await scene.approve(await phase('AwaitingApproval'));
      await phase('Verifying');
      expect((await scene.workload('queue')).spec.replicas).toBe(3);
    },
    async recover() {
      await scene.resolve('Backlog', 'queue');
      await scene.run('scale', ({ status }) => status?.phase === 'Succeeded' && status.learned === true);
      expect((await scene.workload('queue')).spec.replicas).toBe(3);
    },
    async end() {
      await stage.kubectl('delete', 'rpb,rr', '-l', 'awoooi.io/playbook=scale', '--timeout=30s');
      await stage.kubectl('delete', 'rpb', 'scale', '--ignore-not-found', '--timeout=30s');
      expect((await scene.runs()).filter(({ spec }) => spec.playbookRef.name === 'scale')).toEqual([]);
    },
  };
}
