import { createHash } from 'node:crypto';
import { Agent } from 'undici';
import type { TlsMaterial } from './credentials.ts';

const IDLE_CONNECTION_MS = 30_000;

/** The connections of ordinary requests: one pool for the TLS identity in use; one that was replaced drains and closes. */
export interface Pool {
  agent(tls: TlsMaterial): Agent;
  close(): Promise<void>;
}

export function connectionPool(given: { connectMs: number; connections: number }): Pool {
  let held: { tls: TlsMaterial; hash: string; agent: Agent } | undefined;
  return {
    agent(tls) {
      // Credentials hand out the same object as long as nothing changed: a hash of all certificates for each request would cost.
      if (held?.tls === tls) return held.agent;
      const hash = fingerprint(tls);
      const replaced = held?.hash === hash ? undefined : held?.agent;
      held = { tls, hash, agent: held?.hash === hash ? held.agent : agentFor(tls, given) };
      replaced?.close().catch(() => undefined);
      return held.agent;
    },
    async close() {
      await held?.agent.destroy();
    },
  };
}

/**
 * An agent with timeouts left to its callers. HTTP/1.1 only: on a shared HTTP/2 session that has gone dead,
 * a watch that was given up and its successor would wait on the same dead session.
 */
export function agentFor(tls: TlsMaterial, given: { connectMs: number; connections: number }): Agent {
  return new Agent({
    allowH2: false,
    connections: given.connections,
    pipelining: 1,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...tls, timeout: given.connectMs, keepAlive: true },
  });
}

/** A hash, so that no key material is kept as a map's key or shown by an inspector. */
function fingerprint(tls: TlsMaterial): string {
  return createHash('sha256').update(JSON.stringify(tls)).digest('hex');
}
