import { z } from 'zod';
import type { AuditedRequest } from '../parts/audit.ts';
import type { Cluster } from '../parts/cluster.ts';

const Rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
});
const Roles = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string().default('') }),
      rules: z.array(Rule),
    }),
  ),
});

/** One verb on one resource that a role of the release gives. */
export interface Right {
  readonly role: string;
  /** Empty for a ClusterRole. */
  readonly namespace: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: string;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** What the operator may do, as the API server has it; not what its roles give to people. */
export async function rightsOf(cluster: Cluster, release: string): Promise<readonly Right[]> {
  const selector = `labelSelector=app.kubernetes.io/instance=${release}`;
  const lists = await Promise.all(['clusterroles', 'roles'].map(kind => cluster.request(`${RBAC}/${kind}?${selector}`)));
  const roles = lists.flatMap(({ body }) => Roles.parse(body).items).filter(({ metadata }) => metadata.name !== 'awoooi-repair-approver');
  return roles.flatMap(({ metadata: { name: role, namespace }, rules }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap(apiGroup =>
        resources.flatMap(resource => verbs.map(verb => ({ role, namespace, apiGroup, resource, verb }) satisfies Right)),
      ),
    ),
  );
}

/** Whether one of the requests needed this right. */
export function isUsed(right: Right, requests: readonly AuditedRequest[]): boolean {
  return requests.some(
    ({ verb, apiGroup, resource, namespace }) =>
      verb === right.verb &&
      apiGroup === right.apiGroup &&
      resource === right.resource &&
      (right.namespace === '' || right.namespace === namespace),
  );
}
