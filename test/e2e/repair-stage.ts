import { join } from 'node:path';
import { z } from 'zod';
import { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';
import { RepairPlaybookSpec } from '../../src/crds/repairplaybook/spec.ts';
import { stepsHash } from '../../src/domain/playbook/playbook-hash.ts';
import type { PlaybookVersion } from '../../src/domain/ports/learning-repository.ts';
import { RepairRunSpec } from '../../src/crds/repairrun/spec.ts';
import { RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../parts/eventually.ts';
import { Root } from '../parts/installed.ts';
import { postAlerts } from './alerts.ts';
import { type IncidentStage, raiseIncidentStage, ROOM } from './incident-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

const Meta = z.object({ name: z.string(), uid: z.string() });
const Run = z.object({ metadata: Meta, spec: RepairRunSpec, status: RepairRunStatus.optional() });
export type RunView = z.infer<typeof Run>;
const Playbook = z.object({ metadata: Meta, spec: z.unknown(), status: RepairPlaybookStatus.optional() });
export type PlaybookView = z.infer<typeof Playbook>;
const Workload = z.object({
  metadata: z.object({ generation: z.int(), annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    replicas: z.int(),
    template: z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) }),
  }),
});

type Labels = Readonly<Record<string, string>>;

const WATCHDOG = { alertname: 'Watchdog', severity: 'none' };
const WITHIN = { withinMs: 60_000, everyMs: 100 };

/** Terms under which a run is judged within seconds. */
export const SOON = { verify: { window: '60s', quiet: '2s', evaluationInterval: '1s' }, limits: { cooldown: '0s', maxPerHour: 60 } };

/** A namespace that allows repairs, with workloads that roll out, and the ways in which alerts and people come into it. */
export interface RepairScene {
  readonly stage: Stage;
  /** Makes a Deployment that is available. */
  deploy(name: string, over?: { readonly replicas?: number }): Promise<void>;
  workload(name: string): Promise<z.infer<typeof Workload>>;
  /** How many rollouts it has had, the first included. */
  rollouts(name: string): Promise<number>;
  /** Applies a playbook that is judged SOON. */
  write(name: string, spec: object): Promise<void>;
  /** The same, and waits until an operator has read it. */
  playbook(name: string, spec: object): Promise<void>;
  playbookNow(name: string): Promise<PlaybookView>;
  /** The playbook with the steps that it has now, by which its runs are counted. */
  version(name: string): Promise<PlaybookVersion>;
  /** `more` are further labels. */
  fire(alertname: string, deployment: string, more?: Labels): Promise<void>;
  resolve(alertname: string, deployment: string, more?: Labels): Promise<void>;
  /** Lets the chain be heard, or, with labels of its own, another one. */
  watchdog(more?: Labels): Promise<void>;
  watchdogEnds(more?: Labels): Promise<void>;
  /** Makes what a pause is remembered in: making that is a right which config/rbac gives the operator in its own namespace alone. */
  allowPause(): Promise<void>;
  runs(): Promise<readonly RunView[]>;
  /** The one run of a playbook, once it is as wanted. */
  run(playbook: string, likes?: (run: RunView) => boolean): Promise<RunView>;
  /** Adds a decision in the name of the cluster's admin: to approve, unless told otherwise. */
  approve(run: RunView, decision?: 'Approve' | 'Reject'): Promise<void>;
}

/** An operator that may repair in its namespace, and all that it tells. */
export interface RepairStage extends RepairScene {
  readonly world: IncidentStage;
  incident(alertname: string, likes?: (incident: IncidentView) => boolean): Promise<IncidentView>;
  stop(): Promise<void>;
}

export const REPAIRS_ON = { AWOOOI_REPAIR_EXECUTION: 'on', AWOOOI_INCIDENT_SETTLE: '0s' };

export async function raiseRepairStage(name: string, env: Readonly<Record<string, string>> = {}): Promise<RepairStage> {
  const stage = await raiseStage(name, { workloads: true });
  await enableRepairs(stage);
  const world = await raiseIncidentStage(name, { stage, env: { ...REPAIRS_ON, TG_CHAT_ID: String(ROOM), ...env } });
  return {
    ...repairScene(stage, world.alertmanager),
    world,
    incident: (alertname, likes) => world.incident(alertname, likes),
    stop: () => world.stop(),
  };
}

/** Lets the operator repair in the namespace of a stage, as config/repair says. */
export async function enableRepairs(stage: Stage): Promise<void> {
  await stage.kubectl('apply', '-k', join(Root, 'config/repair'));
  await stage.kubectl('label', 'namespace', stage.namespace, 'awoooi.io/repair=enabled');
}

export function repairScene(stage: Stage, alertmanager: { readonly url: string }): RepairScene {
  // A kubectl for each look would keep the machine from what is looked at.
  const read = async (api: string, path: string): Promise<unknown> => {
    const { status, body } = await stage.cluster.request(`/apis/${api}/namespaces/${stage.namespace}/${path}`);
    if (status !== 200) throw new Error(`${path} was answered ${status}`);
    return body;
  };
  const workload = async (name: string) => Workload.parse(await read('apps/v1', `deployments/${name}`));
  const labels = (alertname: string, deployment: string) => ({ alertname, deployment, namespace: stage.namespace, severity: 'warning' });
  const runs = async (): Promise<readonly RunView[]> =>
    z.object({ items: z.array(Run) }).parse(await read('awoooi.io/v1alpha1', 'repairruns')).items;
  const playbookNow = async (name: string): Promise<PlaybookView> =>
    Playbook.parse(await read('awoooi.io/v1alpha1', `repairplaybooks/${name}`));
  const write = (name: string, spec: object): Promise<void> =>
    stage.apply({ apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairPlaybook', metadata: { name }, spec: { ...SOON, ...spec } });
  return {
    stage,
    runs,
    playbookNow,
    async version(name) {
      const { spec } = await playbookNow(name);
      return { namespace: stage.namespace, name, steps: stepsHash(RepairPlaybookSpec.parse(spec)) };
    },
    write,
    async deploy(name, { replicas = 2 } = {}) {
      await stage.apply(deployment(name, replicas));
      await stage.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s');
    },
    workload,
    async rollouts(name) {
      const { metadata } = await workload(name);
      return Number(metadata.annotations['deployment.kubernetes.io/revision']);
    },
    async playbook(name, spec) {
      await write(name, spec);
      await eventually(async () => (await playbookNow(name)).status?.hash, WITHIN);
    },
    fire: (alertname, deployment, more) =>
      postAlerts(alertmanager, { labels: { ...labels(alertname, deployment), ...more }, startsAt: new Date() }),
    resolve: (alertname, deployment, more) =>
      postAlerts(alertmanager, { labels: { ...labels(alertname, deployment), ...more }, endsAt: new Date() }),
    watchdog: more => postAlerts(alertmanager, { labels: { ...WATCHDOG, ...more }, startsAt: new Date() }),
    watchdogEnds: more => postAlerts(alertmanager, { labels: { ...WATCHDOG, ...more }, endsAt: new Date() }),
    allowPause: () => stage.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'awoooi-repair-pause' } }),
    run: (playbook, likes = () => true) => onlyRun(runs, { playbook, likes }),
    async approve({ metadata: { name } }, decision = 'Approve') {
      const patch = { spec: { approvals: [{ by: stage.cluster.adminUser, decision }] } };
      await stage.kubectl('patch', 'repairrun', name, '--type=merge', '-p', JSON.stringify(patch));
    },
  };
}

async function onlyRun(
  runs: RepairScene['runs'],
  { playbook, likes }: { readonly playbook: string; readonly likes: (run: RunView) => boolean },
): Promise<RunView> {
  let last: readonly RunView[] = [];
  const found = async (): Promise<RunView | undefined> => {
    last = (await runs()).filter(({ spec }) => spec.playbookRef.name === playbook);
    return last.find(likes);
  };
  const run = await eventually(found, WITHIN).catch((err: unknown) => {
    throw new Error(`no run of ${playbook} came to be as wanted; there are ${JSON.stringify(last, undefined, 1)}`, { cause: err });
  });
  if (last.length > 1) throw new Error(`there are ${last.length} runs of ${playbook}`);
  return run;
}

function deployment(name: string, replicas: number): object {
  const labels = { app: name };
  const resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } };
  const container = { name: 'main', image: 'registry.example.com/app:1', resources };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
}
