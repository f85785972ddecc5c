import { z } from 'zod';
import { SIGNOZ_ALERT_RULE } from '../src/crds/signozalertrule/kind.ts';
import { SignozAlertRuleStatus } from '../src/crds/signozalertrule/status.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { alertRule, signozSecret } from '../test/e2e/rule-stage.ts';
import type { FarSignoz } from './far-signoz.ts';
import { forEachOf } from './probes.ts';

const Created = z.object({ metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }) });
export type CreatedRule = z.infer<typeof Created>['metadata'];

const Watched = z.object({
  metadata: z.object({ name: z.string(), generation: z.number(), resourceVersion: z.string() }),
  status: SignozAlertRuleStatus.default({}),
});

/** An object whose rule is as it asks. */
export interface SyncedRule {
  /** On performance.now(). */
  readonly atMs: number;
  readonly generation: number;
  readonly status: z.infer<typeof SignozAlertRuleStatus>;
}

/** The Secret that leads to the SigNoz, in a namespace. */
export async function applySignozSecret(client: KubeClient, namespace: string, signoz: FarSignoz): Promise<void> {
  await client.request({ method: 'POST', path: `/api/v1/namespaces/${namespace}/secrets`, body: signozSecret(signoz) });
}

export interface ManyRules {
  readonly namespace: string;
  readonly count: number;
  readonly nameOf: (index: number) => string;
  readonly spec?: object;
  readonly finalizers?: readonly string[];
}

/** Creates that many objects, as fast as the API server takes them. */
export function createRules(
  client: KubeClient,
  { namespace, count, nameOf, spec, finalizers = [] }: ManyRules,
): Promise<readonly CreatedRule[]> {
  const path = collectionPath(SIGNOZ_ALERT_RULE, namespace);
  return forEachOf(count, async index => {
    const name = nameOf(index);
    const body = { ...alertRule(name, spec), metadata: { name, finalizers } };
    return Created.parse(await client.request({ method: 'POST', path, body })).metadata;
  });
}

export interface RuleWatch {
  /** What each object that is in sync was seen as first, for its newest generation. */
  readonly synced: ReadonlyMap<string, SyncedRule>;
  /** Throws what ended the watch. */
  stop(): Promise<void>;
}

/** Watches the objects of a namespace for those that become Synced, from that resourceVersion on. */
export function watchRules(client: KubeClient, namespace: string, resourceVersion: string): RuleWatch {
  const synced = new Map<string, SyncedRule>();
  const ended = new AbortController();
  const path = collectionPath(SIGNOZ_ALERT_RULE, namespace);
  let from = resourceVersion;
  const watching = (async () => {
    // The API server ends a watch now and then.
    while (!ended.signal.aborted) {
      for await (const { object } of client.watch({ path, query: { resourceVersion: from }, idleMs: 600_000, signal: ended.signal })) {
        const atMs = performance.now();
        const { metadata, status } = Watched.parse(object);
        const { name, generation } = metadata;
        from = metadata.resourceVersion;
        if (!isSynced(status, generation) || synced.get(name)?.generation === generation) continue;
        synced.set(name, { atMs, generation, status });
      }
    }
  })();
  const settled = watching.catch((err: unknown) => {
    if (!ended.signal.aborted) throw err;
  });
  settled.catch((err: unknown) => console.error('the watch of alert rules has ended', err));
  return {
    synced,
    async stop() {
      ended.abort();
      await settled;
    },
  };
}

function isSynced({ observedGeneration, conditions = [] }: SyncedRule['status'], generation: number): boolean {
  return observedGeneration === generation && conditions.some(({ type, status }) => type === 'Synced' && status === 'True');
}

/** The newest resourceVersion of these. */
export function newest(created: readonly CreatedRule[]): string {
  return String(Math.max(...created.map(({ resourceVersion }) => Number(resourceVersion))));
}
