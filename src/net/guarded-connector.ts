import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { buildConnector } from 'undici';
import type { IsDenied } from './address-rules.ts';
import { NetError } from './net-error.ts';

export interface ConnectorOptions {
  readonly isDenied: IsDenied;
  readonly connectTimeoutMs: number;
  /** Connect here whatever the name resolves to; Host and SNI keep the name. */
  readonly address?: string;
  /** PEM; then only these authorities are trusted. */
  readonly caBundle?: string;
}

/** Every address of a name, without repeats, in the resolver's order; a literal address is itself. Rejects with Node's DNS error. */
export async function addressesOf(host: string): Promise<string[]> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return [bare];
  // getaddrinfo and not a DNS query: in a cluster, short names need the search list of resolv.conf.
  const found = await lookup(bare, { all: true, order: 'verbatim' });
  return [...new Set(found.map(entry => entry.address))];
}

/**
 * Connects only to addresses that were checked: the name is resolved once, every address of it is held against the rules, and the socket
 * goes to those very addresses, so a name that changes between check and connect gains nothing.
 */
export function guardedConnector(options: ConnectorOptions): buildConnector.connector {
  return (target, callback) => void connectTo(options, target, callback);
}

async function connectTo(options: ConnectorOptions, target: buildConnector.Options, callback: buildConnector.Callback): Promise<void> {
  try {
    const connect = await connectorFor(options, target);
    connect(options.address === undefined ? target : { ...target, hostname: options.address }, callback);
  } catch (err) {
    callback(err instanceof Error ? err : new Error(String(err)), null);
  }
}

async function connectorFor(options: ConnectorOptions, target: buildConnector.Options): Promise<buildConnector.connector> {
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
  const addresses = await addressesOf(options.address ?? target.hostname);
  const denied = addresses.find(address => options.isDenied(address, port));
  if (denied !== undefined) {
    const named = denied === target.hostname ? denied : `${target.hostname} (${denied})`;
    throw new NetError(
      'address-denied',
      `${named} port ${port} is on the list of denied addresses; the operator's configuration can allow it`,
    );
  }
  // A connector of its own for each connection: none finds a TLS session to resume, and each checks the certificate.
  return buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: always(addresses),
    allowH2: false,
    // The certificate must have the URL's host, also where that is an address and another one is pinned.
    checkServerIdentity: (_connected, certificate) => checkServerIdentity(target.hostname, certificate),
    ...(options.caBundle !== undefined && { ca: options.caBundle }),
  });
}

function always(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map(address => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    const first = entries[0];
    if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '');
    return all ? done(null, entries) : done(null, first.address, first.family);
  };
}
