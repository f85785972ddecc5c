import { connect } from 'node:net';
import { onFreePorts, portAt } from './free-port.ts';
import { pathOf } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { runFolder } from './run-folder.ts';

export interface RedisOptions {
  /** Append-only file, fsync every second: what it held a second ago is there after a restart. By default it keeps nothing. */
  readonly appendOnly?: boolean;
  /** More flags of redis-server, for example `['--cluster-enabled', 'yes']`. */
  readonly args?: readonly string[];
}

/** A Redis on a free loopback port; its `url` is a `redis://` one. */
export function startRedis({ appendOnly = false, args = [] }: RedisOptions = {}): Promise<Part> {
  return onFreePorts(1, ports => {
    const folder = runFolder('redis');
    const port = portAt(ports, 0);
    const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', appendOnly ? 'yes' : 'no'];
    return startPart({
      spec: { name: 'redis-server', command: pathOf('redis-server'), args: [...flags, '--appendfsync', 'everysec', ...args] },
      url: `redis://127.0.0.1:${port}`,
      port,
      folder,
      ready: () => pong(port),
    });
  });
}

/** An inline PING. While Redis still loads its data it answers `-LOADING`, which is not yet ready. */
function pong(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('Redis did not answer PING within a second')));
    socket.once('error', reject);
    socket.once('data', data => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
  });
}
