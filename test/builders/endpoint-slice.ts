import { randomBytes } from 'node:crypto';
import type { Cluster } from '../parts/cluster.ts';

/** An EndpointSlice of the Service `kubernetes`, as the API servers of a cluster write theirs. Ours write none. Removed by the answer. */
export async function apiServerSlice(
  { request }: Pick<Cluster, 'request'>,
  { address, port }: { address: string; port: number },
): Promise<() => Promise<void>> {
  const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  const name = `kubernetes-${randomBytes(4).toString('hex')}`;
  const { status, body } = await request(path, {
    method: 'POST',
    body: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: address.includes(':') ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [address] }],
      ports: [{ name: 'https', port }],
    },
  });
  if (status !== 201) throw new Error(`the slice was answered ${status}: ${JSON.stringify(body)}`);
  return async () => void (await request(`${path}/${name}`, { method: 'DELETE' }));
}
