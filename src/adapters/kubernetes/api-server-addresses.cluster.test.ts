import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { apiServerSlice } from '../../../test/builders/endpoint-slice.ts';
import { pem, serverTls } from '../../../test/parts/certificates.ts';
import type { Cluster } from '../../../test/parts/cluster.ts';
import { installConfig } from '../../../test/parts/install-config.ts';
import { sharedControlPlane } from '../../../test/parts/shared-control-plane.ts';
import { type ApiFaultProxy, apiFaultProxy } from '../../../test/servers/api-fault-proxy.ts';
import { fixedCredentials } from '../../kube/credentials.ts';
import { kubeClient } from '../../kube/transport.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type ApiServerParts, apiServerAddresses } from './api-server-addresses.ts';

const SERVER = 'https://127.0.0.1:6443';
const [V4, V6] = [
  { address: '192.0.2.10', port: 6443 },
  { address: '2001:db8::1', port: 8443 },
];
const ENDPOINTS = ['192.0.2.10:6443', '[2001:db8::1]:8443'];

let cluster: Cluster;
let proxy: ApiFaultProxy;
let warnings: string[];
const cleanups: (() => Promise<void>)[] = [];

beforeAll(async () => {
  cluster = await sharedControlPlane();
  await installConfig(cluster, 'config');
  proxy = await apiFaultProxy({ target: cluster.url, ca: readFileSync(cluster.caFile, 'utf8'), tls: serverTls() });
  cleanups.push(await apiServerSlice(cluster, V4), await apiServerSlice(cluster, V6));
});
beforeEach(() => {
  warnings = [];
});
afterEach(() => proxy.heal());
afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
  await proxy.stop();
});

const warn = (_: object, message: string): void => void warnings.push(message);
const log: Logger = { debug: () => {}, info: () => {}, warn, error: warn, child: () => log };

type Found = () => Promise<readonly string[]>;

/** What is found in turn with this account's rights, by a client whose way leads over the proxy. */
async function finding(over: Partial<ApiServerParts> = {}, [namespace, account] = ['awoooi-system', 'awoooi-operator']): Promise<Found> {
  const token = await cluster.serviceAccountToken(namespace, account);
  const client = kubeClient({ credentials: fixedCredentials({ server: proxy.url, token, tls: { ca: pem('ca') } }), userAgent: 'test' });
  const signal = AbortSignal.timeout(20_000);
  const addresses = apiServerAddresses({ server: SERVER, client, log, random: Math.random, signal, refreshMs: 1, ...over });
  onTestFinished(() => client.close());
  return async () => (await addresses.next()).value ?? [];
}

const found = async (...given: Parameters<typeof finding>): Promise<readonly string[]> => (await finding(...given))();

describe('denied are', () => {
  it.each([
    ['https://127.0.0.1:6443', '127.0.0.1:6443'],
    ['https://[::1]:6443', '[::1]:6443'],
    ['https://127.0.0.1', '127.0.0.1:443'],
    ['http://127.0.0.1', '127.0.0.1:80'],
  ])('the addresses of %s', async (server, address) => {
    expect((await found({ server }))[0]).toBe(address);
  });

  it('the endpoints behind the Service kubernetes, which the operator may read', async () => {
    expect(await found()).toEqual(expect.arrayContaining(ENDPOINTS));
    expect(warnings).toEqual([]);
  });
});

describe('a name', () => {
  it('is resolved though the resolver comes up late', async () => {
    let asked = 0;
    const resolve = async (): Promise<string[]> => {
      asked += 1;
      if (asked < 3) throw new Error('getaddrinfo EAI_AGAIN');
      return ['192.0.2.1', '2001:db8::2'];
    };
    const addresses = await found({ server: 'https://kubernetes.example:6443', resolve });
    expect(addresses.slice(0, 2)).toEqual(['192.0.2.1:6443', '[2001:db8::2]:6443']);
  });

  it('that never resolves ends the start', async () => {
    const never = found({ server: 'https://no-such-host.invalid', resolveWithinMs: 600 });
    await expect(never).rejects.toThrow(/specs cannot be kept from the API server, for its name does not resolve: .*no-such-host\.invalid/);
  });
});

describe('endpoints', () => {
  it('are asked for again while the API server is away', async () => {
    proxy.inject({ matches: () => true, times: 1, fault: { is: 'answer', status: 503 } });
    proxy.inject({ matches: () => true, times: 1, fault: { is: 'reset' } });
    expect(await found()).toEqual(expect.arrayContaining(ENDPOINTS));
    expect(warnings).toHaveLength(2);
  });

  it('that may not be read are warned of, and no reason not to start', async () => {
    expect(await found({}, [await cluster.freshNamespace('addresses'), 'nobody'])).toEqual(['127.0.0.1:6443']);
    expect(warnings).toEqual([expect.stringContaining('cannot be read')]);
  });

  it('are given up when the process is to stop', async () => {
    proxy.inject({ matches: () => true, fault: { is: 'answer', status: 503 } });
    expect(await found({ signal: AbortSignal.timeout(500) })).toEqual(['127.0.0.1:6443']);
  });

  it('are read again: nodes of a control plane are replaced', async () => {
    const next = await finding();
    expect(await next()).not.toContain('192.0.2.123:6443');
    const removed = await apiServerSlice(cluster, { address: '192.0.2.123', port: 6443 });
    expect(await next()).toContain('192.0.2.123:6443');
    await removed();
    expect(await next()).not.toContain('192.0.2.123:6443');
  });

  it.each([403, 404])('that a %d kept from being read at the start are read later, and it is warned of once', async status => {
    proxy.inject({ matches: () => true, times: 2, fault: { is: 'answer', status } });
    const next = await finding();
    expect([await next(), await next()]).toEqual([['127.0.0.1:6443'], ['127.0.0.1:6443']]);
    expect(await next()).toEqual(expect.arrayContaining(ENDPOINTS));
    expect(warnings).toHaveLength(1);
  });

  it.each([403, 503])('that cannot be read again, for a %d, stay denied', async status => {
    const next = await finding();
    await next();
    proxy.inject({ matches: () => true, times: 1, fault: { is: 'answer', status } });
    expect(await next()).toEqual(expect.arrayContaining(ENDPOINTS));
    expect(warnings).toHaveLength(1);
  });
});

it('keeps what a name led to when it does not resolve again', async () => {
  let asked = 0;
  const resolve = async (): Promise<string[]> => {
    asked += 1;
    if (asked > 1) throw new Error('getaddrinfo EAI_AGAIN');
    return ['192.0.2.1'];
  };
  const next = await finding({ server: 'https://kubernetes.example:6443', resolve, resolveWithinMs: 100 });
  await next();
  expect(await next()).toContain('192.0.2.1:6443');
});
