import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { onFreePorts, portAt } from './free-port.ts';
import type { Part } from './part.ts';
import { startRedis } from './redis.ts';

const NODES = 3;
const SLOTS = 16_384;

export interface RedisCluster {
  /** A `redis+cluster://` URL. */
  readonly url: string;
  readonly nodes: readonly Part[];
  stop(): Promise<void>;
}

/** Three masters without replicas, every slot served. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: Part[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map(node => node.stop())));
  try {
    // Each has a bus port of its own: the default, 10,000 above, may lie beyond the last port.
    const buses: number[] = [];
    for (let n = 0; n < NODES; n += 1) {
      nodes.push(
        await onFreePorts(1, async ports => {
          buses[n] = portAt(ports, 0);
          return startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', `${buses[n]}`] });
        }),
      );
    }
    await join(nodes, buses);
    return { url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, nodes, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

async function join(nodes: readonly Part[], buses: readonly number[]): Promise<void> {
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    await Promise.all(clients.map((client, n) => client.call('CLUSTER', 'ADDSLOTSRANGE', from(n), from(n + 1) - 1)));
    const [first, ...others] = clients;
    for (const n of others.keys()) await first?.call('CLUSTER', 'MEET', '127.0.0.1', portOf(nodes, n + 1), buses[n + 1] ?? 0);
    await eventually(
      async () => {
        const infos = await Promise.all(clients.map(async client => String(await client.call('CLUSTER', 'INFO'))));
        return infos.every(info => info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`));
      },
      { withinMs: 30_000 },
    );
  } finally {
    for (const client of clients) client.disconnect();
  }
}

const from = (n: number): number => Math.floor((n * SLOTS) / NODES);

function portOf(nodes: readonly Part[], n: number): number {
  return nodes[n]?.port ?? 0;
}
