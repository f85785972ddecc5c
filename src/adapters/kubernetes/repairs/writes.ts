import { z } from 'zod';
import { PortError } from '../../../domain/ports/port-error.ts';
import type { SentOperation } from '../../../domain/repair-actions/place.ts';
import type { ObjectRef } from '../../../domain/repair-actions/plan.ts';
import { KubeError, type KubeRequest } from '../../../kube/client.ts';
import { portFailure } from '../port-failure.ts';
import { type At, groupOf, pathOf, pluralOf, type ReadKind } from './objects.ts';

/** Under this name managedFields say who has changed a workload. */
const FIELD_MANAGER = 'awoooi-repairs';
const DRY_RUN = { dryRun: 'All' };

/** What a write asks for, in the words of RBAC. */
export interface Right {
  readonly verb: 'patch' | 'create';
  readonly kind: ReadKind;
  readonly name?: string;
  readonly subresource?: string;
}

export interface Write {
  readonly request: Omit<KubeRequest, 'signal'>;
  readonly right: Right;
  readonly doing: string;
}

export type Dry = 'dry' | 'wet';

export function patchOf(
  { kind, name }: ObjectRef<ReadKind>,
  operations: readonly SentOperation[],
  { namespace, dry }: { readonly namespace: string; readonly dry: Dry },
): Write {
  return {
    right: { verb: 'patch', kind, name },
    doing: `patching ${kind} ${namespace}/${name}`,
    request: {
      method: 'PATCH',
      path: pathOf(kind, namespace, name),
      patchType: 'application/json-patch+json',
      query: { fieldManager: FIELD_MANAGER, ...(dry === 'dry' && DRY_RUN) },
      body: operations,
    },
  };
}

/** Through the Eviction API (policy/v1), which asks the PodDisruptionBudgets; of this very pod and none of the same name. */
export function evictionOf(
  pod: { readonly name: string; readonly uid: string },
  at: { readonly namespace: string; readonly dry: Dry },
): Write {
  const { namespace, dry } = at;
  return {
    right: { verb: 'create', kind: 'Pod', name: pod.name, subresource: 'eviction' },
    doing: `evicting Pod ${namespace}/${pod.name}`,
    request: {
      method: 'POST',
      path: `${pathOf('Pod', namespace, pod.name)}/eviction`,
      query: { ...(dry === 'dry' && DRY_RUN) },
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: pod.name, namespace },
        deleteOptions: { preconditions: { uid: pod.uid } },
      },
    },
  };
}

/** A pod that is tried and never made. */
export function podTrial(pod: object, namespace: string): Write {
  return {
    right: { verb: 'create', kind: 'Pod' },
    doing: `trying a pod in namespace ${namespace}`,
    request: { method: 'POST', path: pathOf('Pod', namespace), query: DRY_RUN, body: pod },
  };
}

/** What the API server made of it, or with which status it refused for now: 404 and 409 ask for a new look, 429 for patience. */
export type Sent =
  | { readonly is: 'taken'; readonly answer: unknown }
  | { readonly is: 'asked-again'; readonly status: 404 | 409 | 429; readonly words: string; readonly retryAfterMs: number | undefined };

export async function send(at: At, { request, right, doing }: Write): Promise<Sent> {
  try {
    return { is: 'taken', answer: await at.client.request({ ...request, signal: at.signal }) };
  } catch (err) {
    if (err instanceof KubeError && (err.status === 404 || err.status === 409 || err.status === 429))
      return { is: 'asked-again', status: err.status, words: `${doing}: ${err.message}`, retryAfterMs: err.retryAfterMs };
    const failure = portFailure(err, doing);
    // Admission says no with 403 too: where the right is there, it is the change that is refused, and not we.
    if (failure.fault !== 'forbidden' || !(await allowed(at, right).catch(() => false))) throw failure;
    throw new PortError('rejected', failure.message, { cause: err, statusCode: 403 });
  }
}

const AccessReview = z.object({ status: z.object({ allowed: z.boolean() }) });

/** Whether we ourselves have the right, by the API server's own word (authorization.k8s.io/v1). */
export async function allowed({ client, namespace, signal }: At, { verb, kind, name, subresource }: Right): Promise<boolean> {
  const resourceAttributes = { verb, group: groupOf(kind), resource: pluralOf(kind), namespace, name, subresource };
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  try {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    return AccessReview.parse(await client.request({ method: 'POST', path, body, signal })).status.allowed;
  } catch (err) {
    throw portFailure(err, `asking whether we may ${verb} ${pluralOf(kind)}`);
  }
}
