import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ClusterAccess } from './cluster.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectl } from './kubectl.ts';
import { runFolder } from './run-folder.ts';

const View = z.object({
  clusters: z
    .array(
      z.object({
        cluster: z.object({
          server: z.string(),
          'certificate-authority': z.string().optional(),
          'certificate-authority-data': z.string().optional(),
        }),
      }),
    )
    .min(1),
});

const Namespace = 'awoooi-tests';

/**
 * The cluster that a kubeconfig's current context names, kind for example. However that file logs in, the tests then use a token:
 * that of the ServiceAccount `awoooi-tests/admin`, bound to cluster-admin, which this makes and leaves there.
 */
export async function externalCluster(kubeconfig: string): Promise<ClusterAccess> {
  const view = await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json'], { kubeconfig });
  const entry = View.parse(JSON.parse(view)).clusters[0]?.cluster;
  if (entry === undefined) throw new Error(`${kubeconfig} names no cluster`);
  const folder = runFolder('external');
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, authority(entry, kubeconfig));
  await kubectl(['apply', '-f', '-'], { kubeconfig, input: JSON.stringify(adminAccount()) });
  const token = (await kubectl(['create', 'token', 'admin', '-n', Namespace, '--duration=12h'], { kubeconfig })).trim();
  const adminKubeconfig = writeKubeconfig(join(folder, 'admin.kubeconfig'), { url: entry.server, caFile, token });
  return { url: entry.server, caFile, adminToken: token, adminUser: `system:serviceaccount:${Namespace}:admin`, adminKubeconfig };
}

function authority(entry: z.infer<typeof View>['clusters'][number]['cluster'], kubeconfig: string): Buffer {
  const data = entry['certificate-authority-data'];
  if (data !== undefined) return Buffer.from(data, 'base64');
  const file = entry['certificate-authority'];
  if (file !== undefined) return readFileSync(file);
  throw new Error(`${kubeconfig} names no certificate authority for ${entry.server}; the tests check the server's certificate`);
}

function adminAccount(): object {
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: Namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'admin', namespace: Namespace } },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'awoooi-tests-admin' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'admin', namespace: Namespace }],
      },
    ],
  };
}
