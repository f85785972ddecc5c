import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onFreePorts, portAt } from './free-port.ts';
import { pathOf } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { runFolder } from './run-folder.ts';

export interface RedisOptions {
  /** Append-only file, fsync every second: what it held a second ago is there after a restart. By default it keeps nothing. */
  readonly appendOnly?: boolean;
  /** More flags of redis-server, for example `['--cluster-enabled', 'yes']`. */
  readonly args?: readonly string[];
  /** A redis.conf, and the files of the folders that it names; port, address and data folder are ours all the same. */
  readonly configuration?: RedisConfiguration;
}

interface RedisConfiguration {
  readonly text: string;
  /** Folder to file to content. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A Redis on a free loopback port; its `url` is a `redis://` one. */
export function startRedis({ appendOnly = false, args = [], configuration }: RedisOptions = {}): Promise<Part> {
  return onFreePorts(1, ports => {
    const folder = runFolder('redis');
    const port = portAt(ports, 0);
    const ours = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
    const durability = ['--save', '', '--appendonly', appendOnly ? 'yes' : 'no', '--appendfsync', 'everysec'];
    const flags = configuration === undefined ? [...ours, ...durability] : [written(configuration, folder), ...ours];
    return startPart({
      spec: { name: 'redis-server', command: pathOf('redis-server'), args: [...flags, ...args] },
      url: `redis://127.0.0.1:${port}`,
      port,
      folder,
      ready: () => pong(port),
    });
  });
}

function written({ text, files }: RedisConfiguration, folder: string): string {
  let configuration = text;
  for (const [place, contents] of Object.entries(files)) {
    configuration = configuration.replaceAll(place, folder);
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
  // The folder of the image is not there.
  const path = join(folder, 'redis.conf');
  writeFileSync(path, configuration.replace(/^dir .*$/m, `dir ${folder}`));
  return path;
}

/** An inline PING. While Redis still loads its data it answers `-LOADING`, which is not yet ready. */
function pong(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy(new Error('Redis did not answer PING within a second')));
    socket.once('error', reject);
    socket.once('data', data => {
      socket.destroy();
      resolve(/^(\+PONG|-NOAUTH)/.test(data.toString()));
    });
  });
}
