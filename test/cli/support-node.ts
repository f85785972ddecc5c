import { serverTls } from '../parts/certificates.ts';
import type { Cluster } from '../parts/cluster.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';

/** What the kubelet of a Node serves of its pods' logs (Kubernetes pkg/kubelet/server, `/containerLogs`), and nothing else. */
export function startKubelet(log: (query: URLSearchParams) => string): Promise<HttpServer> {
  return startHttpServer({
    tls: serverTls(),
    handle: ({ method, path, query }) => {
      const named = method === 'GET' && /^\/containerLogs\/[^/]+\/[^/]+\/[^/]+$/.test(path);
      return named ? { status: 200, headers: { 'content-type': 'text/plain' }, body: log(query) } : { status: 404, body: 'no such page' };
    },
  });
}

/** A Node that this kubelet stands for. */
export async function addNode(cluster: Cluster, name: string, kubeletPort: number): Promise<void> {
  await made(cluster, '/api/v1/nodes', { metadata: { name } });
  const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
  const daemonEndpoints = { kubeletEndpoint: { Port: kubeletPort } };
  await patched(cluster, `/api/v1/nodes/${name}/status`, { status: { addresses, daemonEndpoints } });
}

export async function made(cluster: Cluster, path: string, body: object): Promise<void> {
  const answer = await cluster.request(path, { method: 'POST', body });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
}

export async function patched(cluster: Cluster, path: string, body: object): Promise<void> {
  const answer = await cluster.request(path, { method: 'PATCH', contentType: 'application/merge-patch+json', body });
  if (answer.status !== 200) throw new Error(`PATCH ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
}
