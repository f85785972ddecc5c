import type { FastifyInstance } from 'fastify';

/** How long connections may go on after the close began, for clients that are about to send on them. */
const DRAIN_MS = 2000;
/** After this whatever still hangs is cut, so that a close ends within ten seconds. */
const CUT_AFTER_MS = 8000;

/**
 * Lets a close lose no request under keep-alive load: no new connection is taken, every answer carries `connection: close`, requests are
 * still served, and idle connections are ended only after a while, since a client may have just sent on one.
 * The signal aborts when the close begins, for those who wait long.
 */
export function closing(app: FastifyInstance): AbortSignal {
  const begun = new AbortController();
  const open = new Set<object>();
  let onEmpty: (() => void) | undefined;
  let cut: NodeJS.Timeout | undefined;

  app.server.on('connection', socket => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      if (open.size === 0) onEmpty?.();
    });
  });

  app.addHook('preClose', async () => {
    begun.abort();
    stopListening(app);
    cut = setTimeout(() => app.server.closeAllConnections(), CUT_AFTER_MS);
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, DRAIN_MS);
      onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      if (open.size === 0) onEmpty?.();
    });
  });

  app.addHook('onSend', async (_, reply) => {
    if (begun.signal.aborted) reply.header('connection', 'close');
  });

  app.addHook('onClose', async () => clearTimeout(cut));

  return begun.signal;
}

/**
 * First of all, while clients still keep their connections: once answers make them connect anew, those who wait to be accepted when the
 * listener goes have sent in vain. Node would end idle connections along with it.
 */
function stopListening({ server }: FastifyInstance): void {
  const endIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => undefined;
  server.close();
  server.closeIdleConnections = endIdle;
}
