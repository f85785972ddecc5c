import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What a Service is before replicas: each new connection goes to the next of them that accepts it. */
export interface Front {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startFront(ports: readonly number[]): Promise<Front> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer(client => {
    kept(client);
    turn += 1;
    const order = ports.map((_, index) => ports[(turn + index) % ports.length] ?? 0);
    forward(client, order);
  });

  function kept(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  }

  function forward(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const replica = connect({ host: '127.0.0.1', port });
    kept(replica);
    const next = (): void => forward(client, others);
    replica.once('error', next);
    replica.once('connect', () => {
      replica.off('error', next).once('close', () => client.destroy());
      client.once('close', () => replica.destroy());
      client.pipe(replica).pipe(client);
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front listens on no port');
  return {
    port: address.port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
