import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** One request as it came in, with the body's exact characters. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** What goes wrong on demand, instead of the answer or (`slow`) before it. */
export type Fault =
  | { readonly is: 'hang' }
  | { readonly is: 'reset' }
  | { readonly is: 'slow'; readonly delayMs: number }
  | { readonly is: 'answer'; readonly reply: Reply }
  | { readonly is: 'huge'; readonly bytes: number }
  | { readonly is: 'endless' }
  | { readonly is: 'truncated' }
  /** Does what it was asked; the answer never arrives. */
  | { readonly is: 'drop-answer' };

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** All requests since the start, also those answered by a fault. */
  readonly requests: readonly Received[];
  /** From now on requests that match (all, unless told) meet this fault, until `mend`. */
  breakWith(fault: Fault, matches?: (request: Received) => boolean): void;
  mend(): void;
  /** Closes the port and every connection: connects are refused until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  openConnections(): number;
  /** Bytes handed to sockets so far. */
  bytesOut(): number;
  /** Ends everything, keep-alive connections and unanswered requests too. */
  stop(): Promise<void>;
}

export interface HttpServerOptions {
  readonly handle: (request: Received) => Reply | Promise<Reply>;
  /** 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** A free one unless told otherwise. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A plain HTTP server on the loopback, the ground of every stand-in. */
export async function startHttpServer({ handle, host = '127.0.0.1', port = 0, tls }: HttpServerOptions): Promise<HttpServer> {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let broken: { fault: Fault; matches: (request: Received) => boolean } | undefined;
  let bytesOfClosed = 0;

  const wait = (delayMs: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, delayMs);
      timers.add(timer);
    });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await received(incoming);
    requests.push(request);
    const fault = broken?.matches(request) ? broken.fault : undefined;
    if (fault?.is === 'slow') await wait(fault.delayMs);
    else if (fault?.is === 'drop-answer') await handle(request);
    if (fault && fault.is !== 'slow') return misbehave(fault, response);
    reply(response, await handle(request));
  }

  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    answer(incoming, response).catch((err: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else reply(response, { status: 500, body: `the stand-in failed: ${String(err)}` });
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      bytesOfClosed += socket.bytesWritten;
    });
  });
  await listen(server, port, host);
  const bound = boundTo(server);

  async function refuse(): Promise<void> {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    if (!server.listening) return;
    const closed = new Promise(resolve => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: `${tls ? 'https' : 'http'}://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    port: bound.port,
    requests,
    breakWith: (fault, matches = () => true) => {
      broken = { fault, matches };
    },
    mend: () => {
      broken = undefined;
    },
    refuse,
    accept: () => (server.listening ? Promise.resolve() : listen(server, bound.port, host)),
    openConnections: () => sockets.size,
    bytesOut: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, bytesOfClosed),
    stop: refuse,
  };
}

async function received(incoming: IncomingMessage): Promise<Received> {
  const url = new URL(incoming.url ?? '/', 'http://stand-in');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
  return { method: incoming.method ?? '', path: url.pathname, query: url.searchParams, headers, body: await text(incoming) };
}

function reply(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const json = typeof body !== 'string';
  const payload = json ? JSON.stringify(body) : body;
  const contentType = json ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(payload), ...headers }).end(payload);
}

function misbehave(fault: Exclude<Fault, { is: 'slow' }>, response: ServerResponse): void {
  switch (fault.is) {
    case 'hang':
      return;
    case 'reset':
    case 'drop-answer':
      response.socket?.resetAndDestroy();
      return;
    case 'answer':
      reply(response, fault.reply);
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': fault.bytes });
      Readable.from(zeros(fault.bytes))
        .on('error', () => {})
        .pipe(response);
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"status":');
      return;
    case 'truncated':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"status":"o', () => response.destroy());
  }
}

function* zeros(bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024, '0');
  for (let left = bytes; left > 0; left -= chunk.length) yield left >= chunk.length ? chunk : chunk.subarray(0, left);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function boundTo(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in listens on no port');
  return address;
}
