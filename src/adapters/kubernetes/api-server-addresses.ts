import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { backoffMs } from '../../kube/backoff.ts';
import { type KubeClient, KubeError } from '../../kube/client.ts';
import { addressesOf } from '../../net/guarded-connector.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface ApiServerParts {
  /** Origin of the API server as this process calls it. */
  readonly server: string;
  readonly client: Pick<KubeClient, 'request'>;
  readonly log: Logger;
  readonly random: () => number;
  /** Ends the trying. */
  readonly signal: AbortSignal;
  /** The addresses of a name; by default as connections find them. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** How long the name may fail to resolve; 30 s unless told otherwise. */
  readonly resolveWithinMs?: number;
}

const RESOLVE_WITHIN_MS = 30_000;
const AGAIN = { baseMs: 250, capMs: 5_000, jitter: 0.2 };

/**
 * Where the API server can be reached, as entries of a deny list: no spec may make the operator speak to it. Both what its name resolves to
 * and the endpoints behind the Service `kubernetes`, which anything in the cluster can reach past that Service.
 * Throws when the name does not resolve in time: an API server left off the list would stay off it for the life of the process.
 * What is found is not whole once the signal has aborted: nothing may be called then.
 */
export async function apiServerAddresses(parts: ApiServerParts): Promise<readonly string[]> {
  const { hostname, port, protocol } = new URL(parts.server);
  const at = port || (protocol === 'http:' ? '80' : '443');
  const addresses = await resolved(hostname.replace(/^\[|\]$/g, ''), parts);
  return [...addresses.map(address => entry(address, at)), ...(await endpoints(parts))];
}

const entry = (address: string, port: number | string | null | undefined): string => {
  const host = isIPv6(address) ? `[${address}]` : address;
  return port === undefined || port === null ? address : `${host}:${port}`;
};

/** A resolver often comes up later than the pod. */
async function resolved(host: string, parts: ApiServerParts): Promise<readonly string[]> {
  const { resolve = addressesOf, resolveWithinMs = RESOLVE_WITHIN_MS, random, signal } = parts;
  const until = AbortSignal.any([signal, AbortSignal.timeout(resolveWithinMs)]);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await resolve(host);
    } catch (err) {
      const why = err instanceof Error ? err.message : String(err);
      if (signal.aborted) return [];
      if (until.aborted) throw new Error(`specs cannot be kept from the API server, for its name does not resolve: ${why}`, { cause: err });
    }
    await pause(backoffMs(AGAIN, attempt, random), undefined, { signal: until }).catch(() => undefined);
  }
}

const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const OF_API_SERVER = { labelSelector: 'kubernetes.io/service-name=kubernetes' };

const EndpointSlices = z.object({
  items: z.array(
    z.object({
      endpoints: z.array(z.object({ addresses: z.array(z.string()) })).nullish(),
      ports: z.array(z.object({ port: z.int().nullish() })).nullish(),
    }),
  ),
});

/** Asked until the API server answers: without it no controller starts either. What it does not let us read is only warned of. */
async function endpoints({ client, log, random, signal }: ApiServerParts): Promise<readonly string[]> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return entriesOf(await client.request({ method: 'GET', path: SLICES, query: OF_API_SERVER, signal }));
    } catch (err) {
      if (!(err instanceof KubeError)) throw err;
      if (err.status === 403 || err.status === 404) {
        log.warn({ err }, 'the endpoints of the API server cannot be read, so specs are kept from its own address only');
        return [];
      }
      if (!signal.aborted) log.warn({ err }, 'the endpoints of the API server could not be read yet; no probe runs before');
    }
    await pause(backoffMs(AGAIN, attempt, random), undefined, { signal }).catch(() => undefined);
  }
  return [];
}

/** A slice without ports stands for all of them. */
function entriesOf(list: unknown): readonly string[] {
  return EndpointSlices.parse(list).items.flatMap(({ endpoints, ports }) => {
    const addresses = (endpoints ?? []).flatMap(endpoint => endpoint.addresses);
    return addresses.flatMap(address => (ports?.length ? ports.map(({ port }) => entry(address, port)) : [address]));
  });
}
