import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { type KubeClient, KubeError } from './client.ts';
import { type Credentials, fixedCredentials } from './credentials.ts';
import { kubeClient } from './transport.ts';

/** Far below what undici itself would wait for. */
const SOON_MS = 2_000;

/** Takes every connection and never says a word: no TLS handshake ends, no request is answered. */
let silent: Server;
let address: string;
let client: KubeClient | undefined;
const sockets = new Set<Socket>();

beforeEach(async () => {
  silent = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
  const bound = silent.address();
  if (bound === null || typeof bound === 'string') throw new Error('not listening');
  address = `127.0.0.1:${bound.port}`;
});
afterEach(async () => {
  await client?.close();
  for (const socket of sockets) socket.destroy();
  await new Promise(resolve => silent.close(resolve));
});

function speaking(scheme: 'http' | 'https', credentials: Partial<Credentials> = {}): KubeClient {
  client = kubeClient({ credentials: { ...fixedCredentials({ server: `${scheme}://${address}` }), ...credentials }, userAgent: 'test' });
  return client;
}

/** Why it failed, and whether it took its time. */
async function ended(call: Promise<unknown>): Promise<{ reason: unknown; soon: boolean }> {
  const started = performance.now();
  const reason = await call.then(
    () => 'answered',
    (err: unknown) => (err instanceof KubeError ? err.reason : err),
  );
  return { reason, soon: performance.now() - started < SOON_MS };
}

async function watched(from: KubeClient, signal: AbortSignal): Promise<void> {
  for await (const event of from.watch({ path: '/w', query: {}, idleMs: 60_000, signal })) throw new Error(`what is ${event.type}?`);
}

const never = (): Promise<never> => new Promise(() => undefined);
const get = (from: KubeClient, facts: { deadlineMs?: number; signal?: AbortSignal }) =>
  from.request({ method: 'GET', path: '/x', ...facts });

describe('deadlines and aborts reach a request', () => {
  it('that waits behind 16 others for a connection', async () => {
    const pool = speaking('http');
    const caller = new AbortController();
    const busy = Array.from({ length: 16 }, () => get(pool, { signal: caller.signal }));
    await eventually(() => sockets.size === 16);
    expect(await ended(get(pool, { deadlineMs: 100 }))).toEqual({ reason: 'Timeout', soon: true });
    const waiting = ended(get(pool, { signal: caller.signal }));
    caller.abort();
    expect(await waiting).toEqual({ reason: 'Aborted', soon: true });
    await Promise.allSettled(busy);
  });

  it('whose TLS handshake does not end', async () => {
    expect(await ended(get(speaking('https'), { deadlineMs: 100 }))).toEqual({ reason: 'Timeout', soon: true });
  });

  it('whose credentials do not come, also after a refusal', async () => {
    expect(await ended(get(speaking('http', { current: never }), { deadlineMs: 100 }))).toEqual({ reason: 'Timeout', soon: true });
    await client?.close();
    const caller = new AbortController();
    const call = ended(get(speaking('http', { current: never }), { signal: caller.signal }));
    caller.abort();
    expect(await call).toEqual({ reason: 'Aborted', soon: true });
  });

  it('and leave nothing that begins later', async () => {
    const { promise, resolve } = Promise.withResolvers<{ headers: {}; tls: {} }>();
    const late = speaking('http', { current: () => promise });
    const caller = new AbortController();
    const calls = [ended(get(late, { signal: caller.signal })), ended(watched(late, caller.signal))];
    caller.abort();
    expect(await Promise.all(calls)).toEqual([
      { reason: 'Aborted', soon: true },
      { reason: 'Aborted', soon: true },
    ]);
    resolve({ headers: {}, tls: {} });
    // One that is wanted comes through, and alone.
    const wanted = get(late, { deadlineMs: 200 });
    await eventually(() => sockets.size > 0);
    expect(sockets.size).toBe(1);
    expect((await ended(wanted)).reason).toBe('Timeout');
  });
});

describe('an abort reaches the start of a watch', () => {
  it.each<[string, 'http' | 'https', Partial<Credentials>]>([
    ['whose TLS handshake does not end', 'https', {}],
    ['that is not answered', 'http', {}],
    ['whose credentials do not come', 'http', { current: never }],
  ])('%s', async (_, scheme, credentials) => {
    const caller = new AbortController();
    const watching = ended(watched(speaking(scheme, credentials), caller.signal));
    if (!credentials.current) await eventually(() => sockets.size === 1);
    caller.abort();
    expect(await watching).toEqual({ reason: 'Aborted', soon: true });
  });
});
