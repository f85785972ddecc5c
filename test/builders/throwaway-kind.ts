import { randomBytes } from 'node:crypto';
import type { Resource } from '../../src/kube/controller.ts';
import { isRawObject, isRecord } from '../../src/kube/object.ts';
import type { KubeMeta, KubeStatus } from '../../src/kube/reconcile.ts';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';

/** A kind that only tests know: a text to want, and a status of any shape. */
export interface Thing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMeta;
  readonly spec: { readonly value: string };
  readonly status?: ThingStatus;
}

export interface ThingStatus extends KubeStatus {
  readonly seen?: string | undefined;
  readonly intent?: string | undefined;
  readonly deed?: string | undefined;
}

export interface ThrowawayKind {
  readonly resource: Resource;
  readonly path: (name: string) => string;
  readonly namespace: string;
  create(name: string, value: string): Promise<void>;
  /** Sets the wanted value. */
  want(name: string, value: string): Promise<void>;
  annotate(name: string, annotations: Readonly<Record<string, string>>): Promise<void>;
  read(name: string): Promise<Thing | undefined>;
  remove(name: string): Promise<void>;
}

/** Reads a Thing; throws when it is none. */
export function parseThing(raw: unknown): Thing {
  if (!isThing(raw)) throw new Error('this is no Thing');
  return raw;
}

function isThing(raw: unknown): raw is Thing {
  return isRawObject(raw) && isRecord(raw['spec']) && typeof raw['spec']['value'] === 'string';
}

const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Makes a kind of its own, served when this resolves. Its status takes everything unless a schema is given. */
export async function throwawayResource(cluster: Cluster, { status = OPEN } = {}): Promise<Resource> {
  const resource = { group: `t${randomBytes(4).toString('hex')}.test.awoooi.io`, version: 'v1', plural: 'things' };
  await makeCrd(cluster, resource, status);
  await eventually(async () => (await cluster.request(`/apis/${resource.group}/v1/things`)).status === 200, { withinMs: 30_000 });
  return resource;
}

/** The kind in a namespace of its own. */
export async function throwawayKind(cluster: Cluster, resource: Resource): Promise<ThrowawayKind> {
  const namespace = await cluster.freshNamespace('things');
  const collection = `/apis/${resource.group}/${resource.version}/namespaces/${namespace}/${resource.plural}`;
  const path = (name: string): string => `${collection}/${name}`;
  const merge = async (name: string, body: unknown): Promise<void> => {
    expectOk(await cluster.request(path(name), { method: 'PATCH', contentType: 'application/merge-patch+json', body }));
  };
  return {
    resource,
    path,
    namespace,
    async create(name, value) {
      const body = { apiVersion: `${resource.group}/${resource.version}`, kind: 'Thing', metadata: { name }, spec: { value } };
      expectOk(await cluster.request(collection, { method: 'POST', body }));
    },
    want: (name, value) => merge(name, { spec: { value } }),
    annotate: (name, annotations) => merge(name, { metadata: { annotations } }),
    async read(name) {
      const answer = await cluster.request(path(name));
      return answer.status === 404 ? undefined : parseThing(answer.body);
    },
    async remove(name) {
      expectOk(await cluster.request(path(name), { method: 'DELETE' }));
    },
  };
}

async function makeCrd(cluster: Cluster, { group, version, plural }: Resource, status: object): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: OPEN, status } } };
  const body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Thing', listKind: 'ThingList', plural, singular: 'thing' },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
  expectOk(await cluster.request('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { method: 'POST', body }));
}

function expectOk({ status, body }: { readonly status: number; readonly body: unknown }): void {
  if (status >= 300) throw new Error(`the API server answered ${status}: ${JSON.stringify(body).slice(0, 300)}`);
}
