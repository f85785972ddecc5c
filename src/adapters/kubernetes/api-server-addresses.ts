import { isIP, isIPv6 } from 'node:net';
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
  /** 5 min unless told otherwise. */
  readonly refreshMs?: number;
}

const REFRESH_MS = 300_000;
const RESOLVE_WITHIN_MS = 30_000;
const AGAIN = { baseMs: 250, capMs: 5_000, jitter: 0.2 };

/**
 * Where the API server can be reached, as entries of a deny list: no spec may make the operator speak to it. Both what its name resolves to
 * and the endpoints behind the Service `kubernetes`, which anything in the cluster can reach past that Service. Told at the start and every
 * few minutes, for nodes of a control plane are replaced; of what cannot be found again, what was known stays. Ends when the signal fires.
 * Throws when the name does not resolve in time at the start. What is told is not whole once the signal has aborted: nothing may be called then.
 */
export async function* apiServerAddresses(parts: ApiServerParts): AsyncGenerator<readonly string[], void, void> {
  const { refreshMs = REFRESH_MS, signal, log } = parts;
  const behind = new Endpoints(parts);
  let own = await ownAddresses(parts);
  await behind.firstRead();
  for (;;) {
    yield [...own, ...behind.known];
    await pause(refreshMs, undefined, { signal }).catch(() => undefined);
    own = await ownAddresses(parts).catch((err: unknown) => {
      log.warn({ err }, 'the name of the API server does not resolve: specs are kept from where it was');
      return own;
    });
    await behind.refresh();
    if (signal.aborted) return;
  }
}

async function ownAddresses(parts: ApiServerParts): Promise<readonly string[]> {
  const { hostname, port, protocol } = new URL(parts.server);
  const at = port || (protocol === 'http:' ? '80' : '443');
  const addresses = await resolved(hostname.replace(/^\[|\]$/g, ''), parts);
  return addresses.map(address => entry(address, at));
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

class Endpoints {
  known: readonly string[] = [];
  readonly #parts: ApiServerParts;
  #refused = false;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
  }

  /** Asked until the API server answers: without it no controller starts either. What it does not let us read is only warned of. */
  async firstRead(): Promise<void> {
    const { log, random, signal } = this.#parts;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const err = await this.#read();
      if (err === undefined) return;
      if (!(err instanceof KubeError)) throw err;
      if (!signal.aborted) log.warn({ err }, 'the endpoints of the API server could not be read yet; no probe runs before');
      await pause(backoffMs(AGAIN, attempt, random), undefined, { signal }).catch(() => undefined);
    }
  }

  async refresh(): Promise<void> {
    const err = await this.#read();
    const { log, signal } = this.#parts;
    if (err !== undefined && !signal.aborted)
      log.warn({ err }, 'the endpoints of the API server could not be read again: specs are kept from those known');
  }

  /** The failure, unless it is a refusal: that is told once. */
  async #read(): Promise<unknown> {
    const { client, log, signal } = this.#parts;
    try {
      this.known = entriesOf(await client.request({ method: 'GET', path: SLICES, query: OF_API_SERVER, signal }));
      this.#refused = false;
      return undefined;
    } catch (err) {
      if (!(err instanceof KubeError && (err.status === 403 || err.status === 404))) return err;
      if (!this.#refused)
        log.warn({ err }, 'the endpoints of the API server cannot be read: specs are kept from its own address and those known');
      this.#refused = true;
      return undefined;
    }
  }
}

/** A slice without ports stands for all of them. */
function entriesOf(list: unknown): readonly string[] {
  return EndpointSlices.parse(list).items.flatMap(({ endpoints, ports }) => {
    const addresses = (endpoints ?? []).flatMap(endpoint => endpoint.addresses).filter(address => isIP(address) !== 0);
    return addresses.flatMap(address => (ports?.length ? ports.map(({ port }) => entry(address, port)) : [address]));
  });
}
