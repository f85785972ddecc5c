import { readFileSync } from 'node:fs';
import type { KubeClient } from '../../src/kube/client.ts';
import {
  type ControllerMetrics,
  type ControllerOptions,
  controller,
  type KindController,
  type Leadership,
} from '../../src/kube/controller.ts';
import { fixedCredentials } from '../../src/kube/credentials.ts';
import { LeadershipTerm } from '../../src/kube/leadership.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { objectStore } from '../../src/kube/store.ts';
import { kubeClient } from '../../src/kube/transport.ts';
import type { ClusterAccess } from '../parts/cluster.ts';
import { parseThing, type Thing, type ThrowawayKind } from './throwaway-kind.ts';

/** The runtime's client for a cluster, or for a proxy before it. */
export function clientOf({ url, caFile, adminToken }: Pick<ClusterAccess, 'url' | 'caFile' | 'adminToken'>): KubeClient {
  const credentials = fixedCredentials({ server: url, token: adminToken, tls: { ca: readFileSync(caFile, 'utf8') } });
  return kubeClient({ credentials, userAgent: 'awoooi-test' });
}

export const quiet = { info() {}, warn() {} };

/** A leadership that lasts for as long as a test does. */
export function lasting(): LeadershipTerm {
  return new LeadershipTerm(performance.now(), 3_600_000);
}

export interface Running {
  readonly controller: KindController;
  /** What became of each turn, in order. */
  readonly turns: string[];
  readonly statusWrites: string[];
  loseLeadership(): void;
  /** Starts the same controller again, under a leadership of its own. */
  lead(): void;
  stop(): Promise<void>;
}

export type Endable = Leadership & Pick<LeadershipTerm, 'end'>;

export interface RunningOptions {
  readonly kind: Pick<ThrowawayKind, 'resource' | 'namespace'>;
  readonly client: KubeClient;
  readonly reconcile: ControllerOptions<Thing>['reconcile'];
  /** Ended by `stop`. */
  readonly leadership?: Endable;
  /** Whatever else the test wants otherwise. */
  readonly change?: Partial<ControllerOptions<Thing>>;
}

/** A controller over a reflector of its own, on a kind that only tests know. */
export async function runFrame({ kind, client, reconcile, leadership: given, change = {} }: RunningOptions): Promise<Running> {
  const leadership = given ?? lasting();
  const turns: string[] = [];
  const statusWrites: string[] = [];
  const cache = objectStore<Thing>();
  const { group, version, plural } = kind.resource;
  const reflector = new Reflector({
    client,
    path: `/apis/${group}/${version}/namespaces/${kind.namespace}/${plural}`,
    namespace: kind.namespace,
    store: cache,
    keep: parseThing,
    observer: { listed() {}, watching() {}, failed() {} },
  });
  const ended = new AbortController();
  const reflecting = reflector.run(ended.signal);
  await reflector.synced;
  const framed = controller<Thing>({
    name: 'things',
    resource: kind.resource,
    client,
    cache,
    parse: parseThing,
    reconcile,
    explain: err => ({ reason: 'Failed', message: err instanceof Error ? err.message : 'unknown' }),
    events: { emit() {} },
    fieldManager: 'things',
    workers: 4,
    turnDeadlineMs: 60_000,
    drainMs: 5_000,
    metrics: metricsInto(turns, statusWrites),
    log: quiet,
    now: () => new Date(),
    random: Math.random,
    ...change,
  });
  const terms: Endable[] = [leadership];
  const running = [framed.start(ended.signal, leadership)];
  return {
    controller: framed,
    turns,
    statusWrites,
    loseLeadership: () => terms.at(-1)?.end('lost'),
    lead() {
      const term = lasting();
      terms.push(term);
      running.push(framed.start(ended.signal, term));
    },
    async stop() {
      ended.abort();
      await Promise.all([...running, reflecting]);
      for (const term of terms) term.end('the test is over');
      await client.close();
    },
  };
}

function metricsInto(turns: string[], statusWrites: string[]): ControllerMetrics {
  return {
    queue: { depth() {}, latency() {}, work() {}, retry() {}, overdue() {} },
    turn: result => void turns.push(result),
    statusWrite: result => void statusWrites.push(result),
  };
}
