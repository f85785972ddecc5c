import { readFileSync } from 'node:fs';
import { StepParameters } from '../../src/crds/repairplaybook/step.ts';
import type { CarriedOut, NamedStep, Planned, PlannedStep, Repairs, StepPlace, WorkloadState } from '../../src/domain/ports/repairs.ts';
import { metadataOf, recordsAt, specOf } from '../../src/domain/repair-actions/kube-fields.ts';
import { type Fields, fieldsAt } from '../../src/domain/text/json-fields.ts';
import { isRecord } from '../../src/domain/text/json.ts';
import { kubernetesRepairs } from '../../src/adapters/kubernetes/repairs/repairs.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { fixedCredentials } from '../../src/kube/credentials.ts';
import { kubeClient } from '../../src/kube/transport.ts';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { kubectl } from '../parts/kubectl.ts';

/** A rollout of the controllers takes a second; on a machine with much to do, many. */
const ROLLOUT_MS = 50_000;

export interface Asked extends Partial<Omit<NamedStep, 'parameters'>> {
  readonly action: NamedStep['action'];
  readonly parameters?: object;
}

/** A namespace with real workloads, and repairs that are done to them. */
export interface RepairWorld {
  readonly namespace: string;
  readonly client: KubeClient;
  readonly repairs: Repairs;
  kubectl(...args: readonly string[]): Promise<string>;
  apply(...objects: readonly object[]): Promise<void>;
  /** One object, such as `deployment/web`; throws where it is not there. */
  get(what: string): Promise<Fields>;
  list(what: string): Promise<readonly Fields[]>;
  /** Waits for `kubectl rollout status`. */
  rolledOut(what: string): Promise<void>;
  at(of?: Partial<StepPlace>): StepPlace;
  plan(step: Asked, at?: StepPlace, now?: Date): Promise<Planned>;
  /** Plans, and throws where that is refused. */
  planned(step: Asked, at?: StepPlace, now?: Date): Promise<PlannedStep>;
  carryOut(step: PlannedStep, at?: StepPlace): Promise<CarriedOut>;
  dryRun(step: PlannedStep, at?: StepPlace): ReturnType<Repairs['dryRun']>;
  undo(step: PlannedStep, at?: StepPlace): Promise<CarriedOut>;
  state(step: PlannedStep): Promise<WorkloadState>;
  /** Repairs of an operator that has just started, or of one with another token. */
  anew(token?: string): Repairs;
  close(): Promise<void>;
}

export const signal = (): AbortSignal => AbortSignal.timeout(30_000);

export async function repairWorld(cluster: Cluster, prefix: string): Promise<RepairWorld> {
  const namespace = await cluster.freshNamespace(prefix);
  const clients: KubeClient[] = [];
  const clientWith = (token: string): KubeClient => {
    const tls = { ca: readFileSync(cluster.caFile) };
    const client = kubeClient({ credentials: fixedCredentials({ server: cluster.url, token, tls }), userAgent: 'test' });
    clients.push(client);
    return client;
  };
  const client = clientWith(cluster.adminToken);
  const repairs = kubernetesRepairs(client);
  const run = (args: readonly string[], input?: string): Promise<string> =>
    kubectl(['-n', namespace, ...args], { kubeconfig: cluster.adminKubeconfig, ...(input !== undefined && { input }) });
  const get: RepairWorld['get'] = async what => {
    const object: unknown = JSON.parse(await run(['get', what, '-o', 'json']));
    if (!isRecord(object)) throw new Error(`${what} is no object`);
    return object;
  };
  const at: RepairWorld['at'] = of => ({ namespace, run: 'run-1', step: 0, gitOps: 'Refuse', ...of });
  const plan: RepairWorld['plan'] = (asked, place = at(), now = new Date()) =>
    repairs.plan({ ...asked, parameters: StepParameters.parse(asked.parameters ?? {}) }, place, { now, signal: signal() });
  return {
    namespace,
    client,
    repairs,
    kubectl: (...args) => run(args),
    async apply(...objects) {
      await run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    },
    get,
    list: async what => recordsAt(await get(what), 'items'),
    async rolledOut(what) {
      await run(['rollout', 'status', what, `--timeout=${ROLLOUT_MS / 1_000}s`]);
    },
    at,
    plan,
    async planned(asked, place, now) {
      const decided = await plan(asked, place, now);
      if (decided.is === 'refused') throw new Error(`refused: ${decided.reason}`);
      return decided.step;
    },
    carryOut: (step, place = at()) => repairs.carryOut(step, place, signal()),
    dryRun: (step, place = at()) => repairs.dryRun(step, place, signal()),
    undo: (step, place = at()) => repairs.undo(step, place, signal()),
    state: step => repairs.state(step, at(), signal()),
    anew: (token = cluster.adminToken) => kubernetesRepairs(clientWith(token)),
    async close() {
      await Promise.all(clients.map(each => each.close()));
    },
  };
}

export interface WorkloadOptions {
  readonly image?: string;
  readonly replicas?: number;
  readonly resources?: object;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** More of the spec. */
  readonly spec?: object;
  /** More of the only container. */
  readonly container?: object;
}

/** More than the one Node has: such a pod waits for ever, as one does whose image cannot be pulled. */
export const TOO_MUCH = { requests: { cpu: '1000' } };

export function workload(kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', name: string, options: WorkloadOptions = {}): object {
  const { image = 'web:1', replicas = 1, resources = {}, labels = {}, annotations = {}, finalizers, spec = {}, container = {} } = options;
  const own = { app: name };
  const containers = [{ name: 'web', image, resources, ...container }];
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels, annotations, ...(finalizers && { finalizers }) },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: own },
      template: { metadata: { labels: own }, spec: { containers } },
      ...spec,
    },
  };
}

/** The only container of a workload's pods. */
export function containerOf(object: Fields): Fields {
  const [container = {}] = recordsAt(specOf(fieldsAt(specOf(object), 'template')), 'containers');
  return container;
}

export function uidOf(object: Fields): string {
  return String(metadataOf(object)['uid']);
}

/** The pods of a workload made by {@link workload} that are ready, by name. */
export function readyPods(world: RepairWorld, name: string, count: number): Promise<readonly Fields[]> {
  return eventually(
    async () => {
      const pods = await world.list(`pods`);
      const own = pods.filter(
        pod => fieldsAt(metadataOf(pod), 'labels')['app'] === name && metadataOf(pod)['deletionTimestamp'] === undefined,
      );
      return own.length === count && own.every(pod => fieldsAt(pod, 'status')['phase'] === 'Running') && own;
    },
    { withinMs: ROLLOUT_MS, everyMs: 100 },
  );
}

/** Until the state of a step's workload is this. */
export function stands(world: RepairWorld, step: PlannedStep, is: WorkloadState['is']): Promise<WorkloadState> {
  return eventually(
    async () => {
      const state = await world.state(step);
      if (state.is !== is) throw new Error(`${state.is}: ${state.detail}`);
      return state;
    },
    { withinMs: ROLLOUT_MS, everyMs: 100 },
  );
}
