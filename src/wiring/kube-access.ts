import { join } from 'node:path';
import type { Config } from '../config/load.ts';
import { type Credentials, inClusterCredentials } from '../kube/credentials.ts';
import { kubeconfigCredentials } from '../kube/kubeconfig.ts';

/** How this process signs in at its cluster: a kubeconfig where one is named, else the pod's ServiceAccount. */
export async function clusterCredentials({
  kubeconfig,
  service,
}: Pick<Config['kubernetes'], 'kubeconfig' | 'service'>): Promise<Credentials> {
  if (kubeconfig !== undefined) return kubeconfigCredentials({ files: kubeconfig });
  if (!service) throw new Error('neither KUBECONFIG is set nor does this process run in a pod: set KUBECONFIG to the path of a kubeconfig');
  const { host, port, serviceAccountDir: folder } = service;
  return inClusterCredentials({ host, port, tokenFile: join(folder, 'token'), caFile: join(folder, 'ca.crt') });
}
