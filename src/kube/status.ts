import { type KubeClient, KubeError } from './client.ts';
import type { Resource } from './controller.ts';
import { collectionPath } from './key.ts';
import { isRawObject, type RawObject, slim } from './object.ts';
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
 * Server-side apply of the whole status, forced: what we no longer name goes away. Refused (409) when the object is no
 * longer of that resourceVersion. Resolves to the resourceVersion now stored; throws KubeError.
 */
export async function applyStatus(
  { client, resource, fieldManager, signal }: WriteTarget,
  object: KubeObject,
  { status, resourceVersion }: { readonly status: StatusBody; readonly resourceVersion: string },
): Promise<string> {
  const { name, namespace } = object.metadata;
  const answer = await client.request({
    method: 'PATCH',
    path: `${objectPath(resource, object.metadata)}/status`,
    query: { fieldManager, force: 'true' },
    patchType: 'application/apply-patch+yaml',
    body: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      metadata: { name, namespace, resourceVersion },
      status,
    },
    signal,
  });
  return storedVersion(answer);
}

/**
 * Replaces metadata.finalizers, if nobody has changed the object since it was read. Resolves to the resourceVersion now
 * stored; throws KubeError, 409 over a change by others.
 */
export async function replaceFinalizers(
  { client, resource, fieldManager, signal }: WriteTarget,
  { metadata }: KubeObject,
  finalizers: readonly string[],
): Promise<string> {
  const request = client.request({
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
  return storedVersion(await request.catch(testFailed));
}

/** 422 is how a JSON patch says that its test failed. */
function testFailed(err: unknown): never {
  if (!(err instanceof KubeError) || err.status !== 422) throw err;
  throw new KubeError(err.message, { status: 409, reason: 'Conflict', cause: err });
}

/** The object as the API server holds it now. Throws KubeError; its status is 404 when there is none. */
export async function readLive(
  { client, resource, signal }: Pick<WriteTarget, 'client' | 'resource' | 'signal'>,
  meta: Pick<KubeMeta, 'namespace' | 'name'>,
): Promise<RawObject> {
  const path = objectPath(resource, meta);
  const raw = await client.request({ method: 'GET', path, signal });
  if (isRawObject(raw)) return slim(raw);
  throw new KubeError(`GET ${path} was answered with something that is no object`, { reason: 'Malformed' });
}

/** Path of one object. */
function objectPath(resource: Resource, { namespace, name }: Pick<KubeMeta, 'namespace' | 'name'>): string {
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
}

function storedVersion(answer: unknown): string {
  if (isRawObject(answer)) return answer.metadata.resourceVersion;
  throw new KubeError('a write was answered with something that is no object', { reason: 'Malformed' });
}

export function isGone(err: unknown): boolean {
  return err instanceof KubeError && err.status === 404;
}

export function isConflict(err: unknown): boolean {
  return err instanceof KubeError && err.status === 409;
}
