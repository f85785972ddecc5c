import { z } from 'zod';
import type { Cluster } from './cluster.ts';
import { installConfig } from './install-config.ts';
import { kubectl } from './kubectl.ts';
import { sharedControlPlane } from './shared-control-plane.ts';

const Refusal = z.object({
  message: z.string(),
  details: z.object({ causes: z.array(z.object({ field: z.string(), message: z.string() })) }),
});
const Stored = z.object({ spec: z.record(z.string(), z.unknown()) });

/** The objects of one of our kinds in a namespace of their own. */
export interface KindOffers {
  readonly cluster: Cluster;
  readonly namespace: string;
  pathOf(rest?: string): string;
  /** What `kubectl apply` would be told; nothing is stored unless `kept`. */
  offered(object: object, how?: { readonly kept?: boolean }): ReturnType<Cluster['request']>;
  /** The spec with the defaults of the API server; the whole refusal where it refuses. */
  storedAs(object: object): Promise<unknown>;
  /** As an administrator, in the namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
}

/** On the shared control plane, with our CRDs installed. */
export async function offersOf(plural: string): Promise<KindOffers> {
  const cluster = await sharedControlPlane();
  await installConfig(cluster, 'config/crd');
  const namespace = await cluster.freshNamespace(plural);
  const pathOf = (rest = ''): string => `/apis/awoooi.io/v1alpha1/namespaces/${namespace}/${plural}${rest}`;
  const offered: KindOffers['offered'] = (body, { kept = false } = {}) =>
    cluster.request(pathOf(`?fieldValidation=Strict${kept ? '' : '&dryRun=All'}`), { method: 'POST', body });
  return {
    cluster,
    namespace,
    pathOf,
    offered,
    async storedAs(object) {
      const { status, body } = await offered(object);
      return status === 201 ? Stored.parse(body).spec : body;
    },
    kubectl: (...args) => kubectl(['-n', namespace, ...args], { kubeconfig: cluster.adminKubeconfig }),
  };
}

/** Why the API server refuses. */
export function causesOf({ body }: Awaited<ReturnType<Cluster['request']>>): z.infer<typeof Refusal>['details']['causes'] {
  return Refusal.parse(body).details.causes;
}
