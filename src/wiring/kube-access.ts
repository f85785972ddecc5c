import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
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

/** The API server's addresses as entries of a deny list: no spec may make the operator speak to it. */
export async function apiServerAddresses(server: string): Promise<readonly string[]> {
  const { hostname, port, protocol } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  const addresses = await lookup(host, { all: true }).catch(() => []);
  const at = port || (protocol === 'http:' ? '80' : '443');
  return addresses.map(({ address }) => (isIPv6(address) ? `[${address}]:${at}` : `${address}:${at}`));
}
