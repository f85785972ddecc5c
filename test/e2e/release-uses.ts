import { expect } from 'vitest';
import { eventually } from '../parts/eventually.ts';
import { condition, probeView } from './probe-view.ts';
import type { ReleaseWorld } from './release-world.ts';
import { type RepairScene, repairScene } from './repair-stage.ts';
import { probe } from './stage.ts';

const LONG = { withinMs: 90_000, everyMs: 100 };
const HEALTH = { name: 'api', type: 'Health' };

interface Use {
  readonly world: ReleaseWorld;
  readonly stage: ReleaseWorld['stage'];
  readonly scene: RepairScene;
  api(path: string, options?: { readonly token?: string; readonly body?: object }): Promise<unknown>;
  /** A playbook for an alert of its name, and its run, approved and done; then the alert resolves. */
  repaired(name: string, spec: object, labels?: Readonly<Record<string, string>>): Promise<void>;
  succeeded(name: string): Promise<unknown>;
}

export function useOf(world: ReleaseWorld): Use {
  const { stage } = world;
  const scene = repairScene(stage, world.alertmanager);
  return {
    world,
    stage,
    scene,
    async api(path, { token = stage.apiToken, body } = {}) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const asked = { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }), signal: AbortSignal.timeout(30_000) };
      const answer = await fetch(`${world.replicas[0].url}/api/v1${path}`, asked);
      const said: unknown = await answer.json();
      expect({ path, status: answer.status, said }).toMatchObject({ status: 200 });
      return said;
    },
    async repaired(name, spec, labels = {}) {
      await scene.playbook(name, { match: { alertname: name }, ...spec });
      await scene.fire(name, name, labels);
      await scene.approve(await scene.run(name, ({ status }) => status?.phase === 'AwaitingApproval'));
      await scene.run(name, ({ status }) => status?.phase === 'Verifying');
      await scene.resolve(name, name, labels);
    },
    succeeded: name => scene.run(name, ({ status }) => status?.phase === 'Succeeded'),
  };
}

/** What else the operator does for people, each of which takes rights of its own. */
export const USES: Readonly<Record<string, (at: Use) => Promise<void>>> = {
  async 'runs a probe after the rollouts of each kind of workload, and counts an event that comes again'(at) {
    await at.stage.apply(...WORKLOADS);
    const afterRollout = WORKLOADS.map(({ kind, metadata: { name } }) => ({ kind, name }));
    await at.stage.apply(probe('after', { target: { url: at.world.target.url }, hops: [HEALTH], afterRollout, runToken: '1' }));
    const view = probeView(at.stage, 'after');
    await view.until(status => condition(status) === 'True/AllHopsPassed', LONG.withinMs);
    await at.stage.kubectl('rollout', 'restart', 'deployment/web');
    await view.until(({ lastRun }) => lastRun?.trigger === 'Rollout', LONG.withinMs);
    for (let times = 0; times < 2; times += 1) {
      at.world.target.breakWith({ is: 'answer', reply: { status: 500 } });
      await view.run();
      at.world.target.mend();
      await view.run();
    }
    await eventually(async () => (await view.events()).some(({ series }) => (series?.count ?? 0) > 1), LONG);
  },
  async 'lets people sign in with a Kubernetes token, and pause repairs'(at) {
    await at.api('/repairs/pause', { token: at.world.cluster.adminToken, body: { reason: 'A release.' } });
    await at.api('/repairs/resume', { token: at.world.cluster.adminToken, body: {} });
  },
  async 'writes a playbook once an action has proved itself'(at) {
    await at.scene.deploy('leaky');
    await at.scene.fire('Leak', 'leaky');
    const anomaly_key = await eventually(() => anomalyOf('Leak', path => at.api(path)), LONG);
    const outcome = { anomaly_key, repair_action: 'restart_pod', success: true, execution_time_seconds: 12, root_cause: 'a leak' };
    await at.api('/repairs/outcomes', { body: [1, 2, 3, 4, 5].map(n => ({ id: `o-${n}`, ...outcome })) });
    const name = `restart-pod-${anomaly_key}`;
    await eventually(async () => (await at.stage.kubectl('get', 'rpb', name, '--ignore-not-found')) !== '', LONG);
    await at.stage.kubectl('delete', 'rpb', name);
    await at.api('/repairs/outcomes', { body: [{ id: 'o-6', ...outcome }] });
    await eventually(
      () => at.world.cluster.audited().some(({ resource, name: of }) => resource === 'namespaces' && of === at.stage.namespace),
      LONG,
    );
  },
  async 'restarts what is no Deployment'(at) {
    await Promise.all([at.repaired('db', restart('StatefulSet', 'db')), at.repaired('agent', restart('DaemonSet', 'agent'))]);
    await Promise.all([at.succeeded('db'), at.succeeded('agent')]);
  },
  async 'takes a rollout back'(at) {
    await at.scene.deploy('released');
    await at.stage.kubectl('set', 'image', 'deployment/released', 'main=registry.example.com/app:2');
    await at.stage.kubectl('rollout', 'status', 'deployment/released', '--timeout=60s');
    await at.repaired('released', { steps: [{ action: 'rollback', target: { kind: 'Deployment', fromLabel: 'deployment' } }] });
    await at.succeeded('released');
  },
  async 'evicts a pod, and keeps no more runs than the playbook says'(at) {
    await at.scene.deploy('stuck', { replicas: 1 });
    const pod = await at.stage.kubectl('get', 'pods', '-l', 'app=stuck', '-o', 'jsonpath={.items[0].metadata.name}');
    const steps = [{ action: 'delete_pod', target: { kind: 'Pod', fromLabel: 'pod' } }];
    await at.repaired('stuck', { steps, successfulRunsHistoryLimit: 0 }, { pod });
    await eventually(async () => (await at.scene.runs()).every(({ spec }) => spec.playbookRef.name !== 'stuck'), LONG);
  },
  async 'changes a configuration'(at) {
    await at.scene.deploy('chatty');
    await at.stage.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'chatty' }, data: { LOG_LEVEL: 'debug' } });
    const patch = [{ op: 'replace', path: '/data/LOG_LEVEL', value: 'info' }];
    const target = { kind: 'Deployment', name: 'chatty' };
    await at.repaired('chatty', { steps: [{ action: 'update_config', target, parameters: { configMap: 'chatty', patch } }] });
    await at.succeeded('chatty');
  },
};

const restart = (kind: string, name: string) => ({ steps: [{ action: 'restart_pod', target: { kind, name } }] });

async function anomalyOf(alertname: string, api: (path: string) => Promise<unknown>): Promise<string | undefined> {
  const said = JSON.stringify(await api(`/incidents?alertname=${alertname}`));
  return /"anomaly_key":"([^"]+)"/.exec(said)?.[1];
}

const workload = (kind: string, name: string, more: object = {}) => {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1' }] } };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec: { selector: { matchLabels: labels }, template, ...more } };
};

const WORKLOADS = [workload('Deployment', 'web'), workload('StatefulSet', 'db', { serviceName: 'db' }), workload('DaemonSet', 'agent')];
