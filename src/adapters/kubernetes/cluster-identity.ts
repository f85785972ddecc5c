import { z } from 'zod';
import type { KubeClient } from '../../kube/client.ts';
import { portFailure } from './port-failure.ts';

const Namespace = z.object({ metadata: z.object({ uid: z.string().min(1) }) });

/** What tells this cluster from every other: the uid of its namespace kube-system, as is the custom. Throws PortError. */
export async function clusterIdentity(client: KubeClient, signal: AbortSignal): Promise<string> {
  try {
    const answer = await client.request({ method: 'GET', path: '/api/v1/namespaces/kube-system', signal });
    return Namespace.parse(answer).metadata.uid;
  } catch (err) {
    throw portFailure(err, 'reading namespace kube-system, whose uid names this cluster (or set AWOOOI_CLUSTER_ID)');
  }
}
