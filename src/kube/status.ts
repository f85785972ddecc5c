import { type KubeClient, KubeError } from './client.ts';
import type { Resource } from './controller.ts';
import { collectionPath } from './key.ts';
import { isRawObject } from './object.ts';
import { foldConditions, type KubeMeta, type KubeObject, type Outcome } from './reconcile.ts';

export type StatusBody = Readonly<Record<string, unknown>>;

/** The whole status that shall stand after an outcome; observedGeneration always, whatever else was decided. */
export function wantedStatus(
  object: KubeObject,
  outcome: Pick<Outcome, 'conditions'> & { readonly status?: object },
  now: Date,
): StatusBody {
  const { generation } = object.metadata;
  const conditions = foldConditions({ before: object.status?.conditions ?? [], decisions: outcome.conditions, generation, now });
  return { ...object.status, ...outcome.status, observedGeneration: generation, conditions };
}

/** Whether two values are the same JSON: fields that are undefined count as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [mine, theirs] = [fields(a), fields(b)];
  return mine.size === theirs.size && [...mine].every(([name, value]) => theirs.has(name) && sameJson(value, theirs.get(name)));
}

function fields(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, field]) => field !== undefined));
}

export interface WriteTarget {
  readonly client: KubeClient;
  readonly resource: Resource;
  readonly fieldManager: string;
  readonly signal: AbortSignal;
}

/**
 * Server-side apply of the whole status, forced: what we no longer name goes away. With `resourceVersion` it is refused
 * (409) when the object has changed since; without, it wins. The uid keeps it off a namesake made meanwhile. Resolves to
 * the resourceVersion now stored; throws KubeError.
 */
export async function applyStatus(
  { client, resource, fieldManager, signal }: WriteTarget,
  object: KubeObject,
  write: { readonly status: StatusBody; readonly resourceVersion?: string },
): Promise<string> {
  const { name, namespace, uid } = object.metadata;
  const { status, resourceVersion } = write;
  const answer = await client.request({
    method: 'PATCH',
    path: `${objectPath(resource, object.metadata)}/status`,
    query: { fieldManager, force: 'true' },
    patchType: 'application/apply-patch+yaml',
    body: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace, uid, ...(resourceVersion !== undefined && { resourceVersion }) },
      status,
    },
    signal,
  });
  return storedVersion(answer);
}

/**
 * Replaces metadata.finalizers, if nobody has changed the object since it was read: a failed test is answered 422.
 * Resolves to the resourceVersion now stored; throws KubeError.
 */
export async function replaceFinalizers(
  { client, resource, fieldManager, signal }: WriteTarget,
  { metadata }: KubeObject,
  finalizers: readonly string[],
): Promise<string> {
  const answer = await client.request({
    method: 'PATCH',
    path: objectPath(resource, metadata),
    query: { fieldManager },
    patchType: 'application/json-patch+json',
    body: [
      { op: 'test', path: '/metadata/uid', value: metadata.uid },
      { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
      { op: 'add', path: '/metadata/finalizers', value: finalizers },
    ],
    signal,
  });
  return storedVersion(answer);
}

/** Path of one object. */
export function objectPath(resource: Resource, { namespace, name }: Pick<KubeMeta, 'namespace' | 'name'>): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

function storedVersion(answer: unknown): string {
  if (isRawObject(answer)) return answer.metadata.resourceVersion;
  throw new KubeError('a write was answered with something that is no object', { reason: 'Malformed' });
}
