import { Cluster, type Redis } from 'ioredis';

/**
 * From now on the commands of one turn of the event loop leave in one write, where each would be a system call of its own. ioredis's
 * enableAutoPipelining does it at a higher price: a command waits until those before it are answered, and what it makes of each lives until a
 * collection of the old space, whose pauses the senders of alerts feel (docs/adr/0014).
 */
export function gatherWrites(client: Redis | Cluster): void {
  if (client instanceof Cluster) client.on('+node', gather);
  else gather(client);
}

function gather(client: Redis): void {
  const send = client.sendCommand.bind(client);
  let gathering: Redis['stream'] | undefined;
  client.sendCommand = (...args) => {
    // There is none before the first connection.
    const { stream }: { readonly stream?: Redis['stream'] } = client;
    if (stream && stream !== gathering) {
      gathering = stream;
      stream.cork();
      setImmediate(() => {
        if (gathering === stream) gathering = undefined;
        stream.uncork();
      });
    }
    return send(...args);
  };
}
