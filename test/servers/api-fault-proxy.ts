import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Agent as TlsAgent, createServer, request as tlsRequest, type Server } from 'node:https';
import type { Socket } from 'node:net';

/** A request as the proxy sees it before passing it on. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What happens to a request instead of, or around, being passed on to the API server. */
type ApiFault =
  /** Answered here; the API server hears nothing of it. */
  | { readonly is: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** Passed on and carried out; the answer is dropped and the connection reset. */
  | { readonly is: 'drop-answer' }
  /** The connection is reset; the API server hears nothing of it. */
  | { readonly is: 'reset' }
  /** Passed on; what comes back (an answer, or a watch's events) is held until the promise resolves. */
  | { readonly is: 'hold'; readonly until: Promise<unknown> }
  /** A watch's start is passed on, then this line is put into its stream, which stays open or closes. */
  | { readonly is: 'event'; readonly event: unknown; readonly close: boolean };

interface Rule {
  readonly matches: (seen: Seen) => boolean;
  readonly fault: ApiFault;
  /** How many requests meet it; all until `heal` unless told. */
  readonly times?: number;
}

/** A proxy that speaks HTTP: it ends TLS with the API server's own certificate and breaks single requests on demand. */
export interface ApiFaultProxy {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  inject(rule: Rule): void;
  /** How often the injected faults were met since the start. */
  met(): number;
  heal(): void;
  stop(): Promise<void>;
}

export interface ApiFaultProxyOptions {
  /** Origin of the API server. */
  readonly target: string;
  /** What the API server's certificate is checked against, and the pair that it serves itself. */
  readonly ca?: string;
  readonly tls: { readonly key: string; readonly cert: string };
}

export async function apiFaultProxy({ target, ca, tls }: ApiFaultProxyOptions): Promise<ApiFaultProxy> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const onward = upstream(target, ca);
  let rules: { rule: Rule; left: number }[] = [];
  let met = 0;

  function faultFor(one: Seen): ApiFault | undefined {
    const hit = rules.find(({ rule, left }) => left > 0 && rule.matches(one));
    if (!hit) return undefined;
    hit.left -= 1;
    met += 1;
    return hit.rule.fault;
  }

  const server = createServer({ ...tls }, (incoming, response) => {
    response.on('error', () => undefined);
    const url = new URL(incoming.url ?? '/', target);
    const one: Seen = { method: incoming.method ?? '', path: url.pathname, query: url.searchParams };
    seen.push(one);
    meet(faultFor(one), { incoming, response, onward });
  });
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);

  return {
    url: `https://127.0.0.1:${port}`,
    port,
    seen,
    inject: rule => void rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
    met: () => met,
    heal: () => {
      rules = [];
    },
    async stop() {
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      onward.close();
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly onward: Upstream;
}

function meet(fault: ApiFault | undefined, exchange: Exchange): void {
  const { incoming, response } = exchange;
  switch (fault?.is) {
    case 'answer':
      incoming.resume();
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(JSON.stringify(fault.body ?? {}));
      return;
    case 'reset':
      response.socket?.destroy();
      return;
    case 'drop-answer':
      forward(exchange, answer => answer.resume().once('end', () => response.socket?.destroy()));
      return;
    case 'hold':
      forward(exchange, answer => void fault.until.then(() => relay(answer, response)));
      return;
    case 'event':
      forward(exchange, answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers).write(`${JSON.stringify(fault.event)}\n`);
        answer.resume();
        if (fault.close) response.end();
      });
      return;
    case undefined:
      forward(exchange, answer => relay(answer, response));
  }
}

function relay(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders();
  answer.pipe(response);
}

function forward({ incoming, response, onward }: Exchange, answered: (answer: IncomingMessage) => void): void {
  const outgoing = onward.send(incoming, answer => {
    // Broken off by the API server: the client sees it broken off too, not neatly ended.
    answer.on('error', () => response.socket?.destroy());
    answered(answer);
  });
  outgoing.on('error', () => response.socket?.destroy());
  response.once('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

interface Upstream {
  send(incoming: IncomingMessage, answered: (answer: IncomingMessage) => void): ReturnType<typeof request>;
  close(): void;
}

function upstream(target: string, ca: string | undefined): Upstream {
  const secure = target.startsWith('https:');
  const agent = secure ? new TlsAgent({ keepAlive: true, ...(ca !== undefined && { ca }) }) : new Agent({ keepAlive: true });
  return {
    send(incoming, answered) {
      const { host: _, connection: __, ...headers } = incoming.headers;
      return (secure ? tlsRequest : request)(
        new URL(incoming.url ?? '/', target),
        { agent, method: incoming.method ?? 'GET', headers },
        answered,
      );
    },
    close: () => agent.destroy(),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return address.port;
}
