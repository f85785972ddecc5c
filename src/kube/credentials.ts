import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { KubeError } from './client.ts';
import { deadline } from './deadline.ts';

export type TlsMaterial = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'rejectUnauthorized'>;

/** Whom a request speaks as: headers that name the caller, and what the connection itself shows. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

export interface Credentials {
  /** Origin of the API server, for example `https://10.0.0.1:443`. */
  readonly server: string;
  /** The identity to use now. `refused` is one that the server answered 401: it is read again from its source. */
  current(refused?: Identity): Promise<Identity>;
}

/** One identity that never changes: a static token, client certificates, or both. */
export function fixedCredentials(given: { server: string; token?: string; tls?: TlsMaterial }): Credentials {
  const identity: Identity = { headers: given.token === undefined ? {} : bearer(given.token), tls: given.tls ?? {} };
  return { server: given.server, current: async () => identity };
}

export interface InCluster {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
  readonly host: string;
  readonly port: string;
  /** Files of the ServiceAccount volume, usually in `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly tokenFile: string;
  readonly caFile: string;
  /** How long what was read is used before the files are read again; 10 s unless told otherwise. */
  readonly rereadMs?: number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonic?: () => number;
}

/** The identity of the pod's ServiceAccount. The kubelet replaces the token long before it expires; the files are followed. */
export function inClusterCredentials(given: InCluster): Credentials {
  const host = isIPv6(given.host) ? `[${given.host}]` : given.host;
  const read = async (): Promise<Identity> => {
    const [token, ca] = await Promise.all([tokenIn(given.tokenFile), readFile(given.caFile, 'utf8')]);
    return { headers: bearer(token), tls: { ca } };
  };
  return { server: `https://${host}:${given.port}`, current: rereading({ read, ...given }) };
}

/** For a whole reading: plugins may ask a person's identity provider. */
const READING_MS = 60_000;

interface Rereading {
  /** `refused` says that the server no longer takes what was read last. */
  readonly read: (refused: boolean) => Promise<Identity>;
  readonly rereadMs?: number;
  readonly monotonic?: () => number;
}

/**
 * Keeps what `read` gave for a while and reads again afterwards, or at once when it was refused; whoever asks meanwhile
 * waits for the same reading. A failed reading keeps the last good one.
 */
export function rereading({ read, rereadMs = 10_000, monotonic = () => performance.now() }: Rereading): Credentials['current'] {
  let held: { identity: Identity; readAt: number } | undefined;
  let reading: Promise<Identity> | undefined;

  async function readAgain(refused: boolean): Promise<Identity> {
    try {
      const identity = await withinReading(read(refused));
      // The same object as long as nothing changed: so a caller sees whether a second try makes sense.
      held = { identity: held && same(held.identity, identity) ? held.identity : identity, readAt: monotonic() };
    } catch (err) {
      if (!held) throw unreadable(err);
    } finally {
      reading = undefined;
    }
    return held.identity;
  }

  return async refused => {
    if (held && held.identity !== refused && monotonic() - held.readAt < rereadMs) return held.identity;
    reading ??= readAgain(refused !== undefined);
    return reading;
  };
}

/** A plugin that hangs must not keep everyone waiting for ever: after this the next who asks starts another reading. */
async function withinReading<T>(work: Promise<T>): Promise<T> {
  const limit = deadline(READING_MS);
  try {
    return await limit.race(work);
  } catch (err) {
    throw limit.passed ? new Error(`no end of it within ${READING_MS / 1000} s`, { cause: err }) : err;
  } finally {
    limit.clear();
  }
}

function same(one: Identity, other: Identity): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Throws where there is none. */
export async function tokenIn(file: string): Promise<string> {
  const token = await readFile(file, 'utf8');
  if (token.trim() === '') throw new Error(`${file} is empty`);
  return token;
}

/** An Authorization header holds no line break, a token file usually ends in one. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token.trim()}` };
}

function unreadable(err: unknown): KubeError {
  const why = err instanceof Error ? err.message : String(err);
  return new KubeError(`the credentials for the API server cannot be read: ${why}`, { reason: 'CredentialsUnreadable', cause: err });
}
