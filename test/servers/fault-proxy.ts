import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that breaks on demand. TLS passes through unseen, so it stands before any server. */
export interface FaultProxy {
  readonly port: number;
  /** Connections open now, and all that ever were. */
  open(): number;
  accepted(): number;
  /** RST to every client and to the server. */
  reset(): void;
  /** FIN to every client, in good order. */
  finish(): void;
  /** A black hole: streams freeze, new connections are accepted, and not one byte is passed on, until `heal`. */
  stall(): void;
  /** Every new connection is reset at once, until `heal`. */
  refuse(): void;
  /** Once so many further bytes came from the server, the connection that brought the last of them is reset, wherever that cuts it. */
  cutAfter(bytes: number): void;
  /** Every chunk, either way, arrives so much later. */
  delay(ms: number): void;
  heal(): void;
  stop(): Promise<void>;
}

interface Weather {
  stalled: boolean;
  refusing: boolean;
  delayMs: number;
  bytesLeft: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export async function faultProxy(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
  const weather: Weather = { stalled: false, refusing: false, delayMs: 0, bytesLeft: Number.POSITIVE_INFINITY };
  const pairs = new Set<Pair>();
  let accepted = 0;

  const listener = createServer({ allowHalfOpen: true, pauseOnConnect: false }, client => {
    accepted += 1;
    client.on('error', () => undefined);
    if (weather.refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: target.host, port: target.port, allowHalfOpen: true });
    server.on('error', () => client.destroy());
    const pair: Pair = { client, server };
    pairs.add(pair);
    client.once('close', () => {
      server.destroy();
      pairs.delete(pair);
    });
    pass(client, server, () => weather.delayMs);
    pass(server, client, () => weather.delayMs);
    server.on('data', chunk => {
      weather.bytesLeft -= chunk.length;
      if (weather.bytesLeft > 0) return;
      weather.bytesLeft = Number.POSITIVE_INFINITY;
      resetBoth(pair);
    });
    if (weather.stalled) freeze(pair);
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));

  return {
    port: portOf(listener),
    open: () => pairs.size,
    accepted: () => accepted,
    reset: () => [...pairs].forEach(resetBoth),
    finish: () => [...pairs].forEach(({ client }) => client.end()),
    stall() {
      weather.stalled = true;
      [...pairs].forEach(freeze);
    },
    refuse() {
      weather.refusing = true;
      [...pairs].forEach(resetBoth);
    },
    cutAfter(bytes) {
      weather.bytesLeft = bytes;
    },
    delay(ms) {
      weather.delayMs = ms;
    },
    heal() {
      Object.assign(weather, { stalled: false, refusing: false, delayMs: 0, bytesLeft: Number.POSITIVE_INFINITY });
      for (const { client, server } of pairs) {
        client.resume();
        server.resume();
      }
    },
    async stop() {
      const closed = new Promise(resolve => listener.close(resolve));
      [...pairs].forEach(resetBoth);
      await closed;
    },
  };
}

/** Carries one direction. Equal delays keep the order. */
function pass(from: Socket, to: Socket, delayMs: () => number): void {
  const later = (act: () => void): void => void (delayMs() > 0 ? setTimeout(act, delayMs()) : act());
  from.on('data', chunk => later(() => to.writable && to.write(chunk)));
  from.on('end', () => later(() => to.end()));
}

function freeze({ client, server }: Pair): void {
  client.pause();
  server.pause();
}

function resetBoth({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

function portOf(listener: Server): number {
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy listens on no port');
  return address.port;
}
