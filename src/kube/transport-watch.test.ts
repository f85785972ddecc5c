import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/parts/eventually.ts';
import { KubeError } from './client.ts';
import { fixedCredentials } from './credentials.ts';
import { kubeClient } from './transport.ts';

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe('a watch', () => {
  let raw: Server;
  let answer: (socket: Socket) => void;
  const sockets = new Set<Socket>();
  const EVENT = '{"type":"ADDED","object":{}}\n';
  const HEAD = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

  beforeEach(async () => {
    raw = createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
      socket.once('data', () => answer(socket));
    });
    await new Promise<void>(resolve => raw.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => raw.close(resolve));
  });

  async function watched(
    facts: { idleMs?: number; most?: number; signal?: AbortSignal } = {},
  ): Promise<{ events: number; reason: string }> {
    const { idleMs = 5_000, most = 10, signal = new AbortController().signal } = facts;
    const address = raw.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    const own = kubeClient({ credentials: fixedCredentials({ server: `http://127.0.0.1:${address.port}` }), userAgent: 'test' });
    let events = 0;
    try {
      for await (const event of own.watch({ path: '/w', query: { resourceVersion: '1' }, idleMs, signal })) {
        expect(event).toEqual({ type: 'ADDED', object: {} });
        events += 1;
        if (events === most) break;
      }
      return { events, reason: 'ended' };
    } catch (err) {
      return { events, reason: err instanceof KubeError ? err.reason : String(err) };
    }
  }

  it.each<[string, (socket: Socket) => void, string]>([
    ['ends when the server ends it', socket => socket.end(`${HEAD}${chunk(EVENT)}0\r\n\r\n`), 'ended'],
    [
      'fails when the connection closes in the middle of a chunk',
      socket => socket.end(`${HEAD}${chunk(EVENT)}ff\r\n{"type"`),
      'Unreachable',
    ],
    ['fails when the connection closes between two chunks', socket => socket.end(`${HEAD}${chunk(EVENT)}`), 'Unreachable'],
    [
      'fails when the stream ends in the middle of an event',
      socket => socket.end(`${HEAD}${chunk(EVENT)}${chunk('{"ty')}0\r\n\r\n`),
      'Truncated',
    ],
  ])('%s', async (_, act, reason) => {
    answer = act;
    expect(await watched()).toEqual({ events: 1, reason });
    await eventually(() => sockets.size === 0);
  });

  it.each([
    ['before the headers', ''],
    ['in the stream', HEAD + chunk(EVENT)],
  ])('gives up a server that falls silent %s', async (_, sent) => {
    answer = socket => void socket.write(sent);
    expect((await watched({ idleMs: 300 })).reason).toBe('Timeout');
    await eventually(() => sockets.size === 0);
  });

  it('closes its connection when its reader leaves', async () => {
    answer = socket => void socket.write(HEAD + chunk(EVENT));
    expect(await watched({ most: 1 })).toEqual({ events: 1, reason: 'ended' });
    await eventually(() => sockets.size === 0);
  });

  it('closes its connection when it is aborted', async () => {
    const caller = new AbortController();
    answer = socket => void socket.write(HEAD + chunk(EVENT), () => caller.abort());
    expect((await watched({ signal: caller.signal })).reason).toBe('Aborted');
    await eventually(() => sockets.size === 0);
  });

  it('tells the refusal of its start and closes its connection', async () => {
    const body = JSON.stringify({ kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    // Kept alive by the server: nobody will use the connection again, so we close it.
    answer = socket => void socket.write(`HTTP/1.1 410 Gone\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    expect(await watched()).toEqual({ events: 0, reason: 'Expired' });
    await eventually(() => sockets.size === 0);
  });
});
