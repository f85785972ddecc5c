import { PortError } from '../../../domain/ports/port-error.ts';
import { recordsAt } from '../../../domain/repair-actions/kube-fields.ts';
import type { Fields } from '../../../domain/text/json-fields.ts';
import { isRecord } from '../../../domain/text/json.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { isNotFound, portFailure } from '../port-failure.ts';

const RESOURCES = {
  Deployment: { group: 'apps', plural: 'deployments' },
  StatefulSet: { group: 'apps', plural: 'statefulsets' },
  DaemonSet: { group: 'apps', plural: 'daemonsets' },
  ReplicaSet: { group: 'apps', plural: 'replicasets' },
  Pod: { group: '', plural: 'pods' },
  ConfigMap: { group: '', plural: 'configmaps' },
  HorizontalPodAutoscaler: { group: 'autoscaling', plural: 'horizontalpodautoscalers' },
} as const;
export type ReadKind = keyof typeof RESOURCES;

/** Objects of one namespace, read live: what is decided on them is written with a precondition on what was read. */
export interface Objects {
  /** Undefined where there is none. Throws PortError. */
  find(kind: ReadKind, name: string): Promise<Fields | undefined>;
  list(kind: ReadKind, labelSelector?: string): Promise<readonly Fields[]>;
}

export interface At {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

export const groupOf = (kind: ReadKind): string => RESOURCES[kind].group;
export const pluralOf = (kind: ReadKind): string => RESOURCES[kind].plural;

export function pathOf(kind: ReadKind, namespace: string, name?: string): string {
  const { group, plural } = RESOURCES[kind];
  const version = group === 'autoscaling' ? 'v2' : 'v1';
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${root}/namespaces/${namespace}/${plural}${name === undefined ? '' : `/${name}`}`;
}

export function objectsIn({ client, namespace, signal }: At): Objects {
  return {
    async find(kind, name) {
      try {
        const found = await client.request({ method: 'GET', path: pathOf(kind, namespace, name), signal });
        if (isRecord(found)) return found;
      } catch (err) {
        if (isNotFound(err)) return undefined;
        throw portFailure(err, `reading ${kind} ${namespace}/${name}`);
      }
      throw new PortError('malformed', `reading ${kind} ${namespace}/${name}: the answer is no object`);
    },
    async list(kind, labelSelector) {
      const query = { ...(labelSelector !== undefined && { labelSelector }) };
      try {
        const listed = await client.request({ method: 'GET', path: pathOf(kind, namespace), query, signal });
        return isRecord(listed) ? recordsAt(listed, 'items') : [];
      } catch (err) {
        throw portFailure(err, `listing the ${pluralOf(kind)} of namespace ${namespace}`);
      }
    },
  };
}
