import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { runManifest, runSpec } from './repair-run.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1/namespaces';

export interface Person {
  readonly token: string;
  /** As the API server knows the user. */
  readonly by: string;
}

export interface Approvers {
  readonly namespace: string;
  /** Somebody who may edit runs and their status, and who may approve where `approves`. */
  readonly person: (name: string, options?: { readonly approves: boolean }) => Promise<Person>;
  readonly runsPath: (rest?: string) => string;
}

/** Users of one namespace that may all edit runs and write their status as far as RBAC says; the policies of config/policy are effective. */
export async function approversOf(cluster: Cluster, namespace: string): Promise<Approvers> {
  const runsPath = (rest = ''): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/repairruns${rest}`;
  const made = async (path: string, body: object): Promise<void> => {
    const { status, body: said } = await cluster.request(path, { method: 'POST', body });
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(said)}`);
  };
  const apiGroup = 'rbac.authorization.k8s.io';
  await made(`${RBAC}/${namespace}/roles`, {
    metadata: { name: 'editor' },
    rules: [
      {
        apiGroups: ['awoooi.io'],
        resources: ['repairruns', 'repairruns/status', 'repairplaybooks', 'repairplaybooks/status'],
        verbs: ['get', 'create', 'update', 'patch'],
      },
    ],
  });
  await made(`${RBAC}/${namespace}/rolebindings`, {
    metadata: { name: 'editors' },
    roleRef: { apiGroup, kind: 'Role', name: 'editor' },
    subjects: [{ apiGroup, kind: 'Group', name: `system:serviceaccounts:${namespace}` }],
  });
  const person: Approvers['person'] = async (name, { approves } = { approves: true }) => {
    const token = await cluster.serviceAccountToken(namespace, name);
    if (approves)
      await made(`${RBAC}/${namespace}/rolebindings`, {
        metadata: { name: `approver-${name}` },
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'awoooi-repair-approver' },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      });
    return { token, by: `system:serviceaccount:${namespace}:${name}` };
  };
  await effective(cluster, { namespace, person, runsPath });
  return { namespace, person, runsPath };
}

/** A policy takes a moment after it was applied, and so do rights. */
async function effective(cluster: Cluster, { person, runsPath }: Approvers): Promise<void> {
  const { token, by } = await person('first');
  const dryRun = async (approver: string): Promise<number> => {
    const body = runManifest(runSpec({ approvals: [{ by: approver, decision: 'Approve' }] }), 'first');
    return (await cluster.request(runsPath('?dryRun=All'), { method: 'POST', token, body })).status;
  };
  await eventually(async () => (await dryRun('another')) === 403 && (await dryRun(by)) === 201, { withinMs: 30_000, everyMs: 100 });
  const status = { method: 'PATCH', token, contentType: 'application/merge-patch+json', body: { status: { phase: 'Running' } } };
  await cluster.request(runsPath(), { method: 'POST', token, body: runManifest(runSpec(), 'first') });
  await eventually(async () => (await cluster.request(runsPath('/first/status?dryRun=All'), status)).status === 403, { withinMs: 30_000 });
}
