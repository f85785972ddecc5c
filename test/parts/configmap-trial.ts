import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Credentials, fixedCredentials } from '../../src/kube/credentials.ts';
import { isRecord, type RawObject } from '../../src/kube/object.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { objectStore, type Store } from '../../src/kube/store.ts';
import { kubeClient } from '../../src/kube/transport.ts';
import type { Answer } from './https-request.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

/** Silence after which a reflector on trial gives a watch up. */
const IDLE_MS = 2_000;

export interface Trial {
  readonly store: Store<RawObject>;
  readonly reflector: Reflector<RawObject>;
  /** Keys in the order the subscribers heard of them. */
  readonly changes: readonly string[];
  readonly failures: readonly string[];
  readonly counts: { readonly lists: number; readonly watches: number };
  stop(): Promise<void>;
}

interface TrialOptions {
  /** By default the API server itself, as the admin. */
  readonly server?: string;
  readonly credentials?: Credentials;
  readonly keep?: (object: RawObject) => RawObject;
  readonly monotonic?: () => number;
}

/** Three ConfigMaps in a namespace of their own, and what may happen to them. */
export interface ConfigMaps {
  readonly namespace: string;
  /** One of each: a new object, a changed one and a removed one. */
  changeEverything(): Promise<void>;
  write(name: string, value: string): Promise<void>;
  /** Starts a reflector on them. */
  follow(options?: TrialOptions): Trial;
  /** Ends every reflector that `follow` started. */
  stop(): Promise<void>;
  /** True once the cache holds exactly what the API server holds; throws when that is not so within the time. */
  isFollowed(trial: Trial, withinMs: number): Promise<boolean>;
}

/** `kept`, `doomed` and `still`, for reflectors to follow through a fault. */
export async function configMaps(cluster: Cluster): Promise<ConfigMaps> {
  const namespace = await cluster.freshNamespace('reflector');
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const query = { labelSelector: 'trial=yes' };

  async function write(name: string, value: string): Promise<void> {
    const metadata = { name, labels: { trial: 'yes' } };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
    const options = { method: 'PATCH', body, contentType: 'application/apply-patch+yaml' };
    done(await cluster.request(`${path}/${name}?fieldManager=test&force=true`, options));
  }

  async function held(): Promise<Record<string, unknown>> {
    const { body } = done(await cluster.request(`${path}?labelSelector=trial%3Dyes`));
    const items: unknown[] = isRecord(body) && Array.isArray(body['items']) ? body['items'] : [];
    return Object.fromEntries(items.filter(isRecord).map(item => [nameOf(item), item['data']]));
  }

  const trials: Trial[] = [];
  for (const name of ['kept', 'doomed', 'still']) await write(name, 'first');
  return {
    namespace,
    write,
    async changeEverything() {
      await write('new', 'added');
      await write('kept', `changed at ${performance.now()}`);
      done(await cluster.request(`${path}/doomed`, { method: 'DELETE' }));
    },
    follow(options = {}) {
      const ca = readFileSync(cluster.caFile, 'utf8');
      const { hostname } = new URL(cluster.url);
      // Through a proxy the certificate is still that of the API server's own name.
      const tls = isIP(hostname) === 0 ? { ca, servername: hostname } : { ca };
      const asAdmin = fixedCredentials({ server: options.server ?? cluster.url, token: cluster.adminToken, tls });
      const trial = start({ ...options, path, query, namespace, credentials: options.credentials ?? asAdmin });
      trials.push(trial);
      return trial;
    },
    async stop() {
      await Promise.all(trials.map(trial => trial.stop()));
    },
    isFollowed: (trial, withinMs) =>
      eventually(
        async () => {
          const cached = Object.fromEntries(trial.store.list().map(object => [object.metadata.name, object['data']]));
          return same(cached, await held());
        },
        { withinMs, everyMs: 100 },
      ),
  };
}

interface Start extends TrialOptions {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly credentials: Credentials;
}

function start({ path, query, namespace, credentials, keep = object => object, monotonic = () => performance.now() }: Start): Trial {
  const client = kubeClient({ credentials, userAgent: 'reflector-trial' });
  const store = objectStore<RawObject>();
  const changes: string[] = [];
  const failures: string[] = [];
  const counts = { lists: 0, watches: 0 };
  store.subscribe(key => changes.push(key));
  const observer = {
    listed: () => void (counts.lists += 1),
    watching: () => void (counts.watches += 1),
    failed: (reason: string) => void failures.push(reason),
  };
  const reflector = new Reflector({ client, path, query, namespace, store, keep, observer, idleMs: IDLE_MS, monotonic });
  const ended = new AbortController();
  const running = reflector.run(ended.signal);
  const stop = async (): Promise<void> => {
    ended.abort();
    await running;
    await client.close();
  };
  return { store, reflector, changes, failures, counts, stop };
}

function done(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`the API server answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 200)}`);
  return answer;
}

function nameOf({ metadata }: Readonly<Record<string, unknown>>): string {
  return isRecord(metadata) ? String(metadata['name']) : '';
}

function same(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder(record: Record<string, unknown>): [string, unknown][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
