import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { eventually } from './eventually.ts';
import { onFreePorts, portAt } from './free-port.ts';
import { pathOf } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { answers } from './process.ts';
import { runFolder } from './run-folder.ts';

export interface AlertmanagerOptions {
  /** Debian 12's and a current one: failure reasons, `mutedBy` and `notification_reason` exist only in the newer. */
  readonly version: '0.25' | '0.33';
  /** The text of alertmanager.yml. */
  readonly config: string;
}

export interface ClusterOptions extends AlertmanagerOptions {
  readonly size: number;
  /** How long each replica waits for the one before it; a Go duration. Alertmanager's own default is 15s. */
  readonly peerTimeout?: string;
}

export interface Alertmanager extends Part {
  /** Writes a new configuration and loads it. Throws with Alertmanager's answer when it refuses. */
  reload(config: string): Promise<void>;
}

/** One Alertmanager that belongs to no cluster. */
export function startAlertmanager({ version, config }: AlertmanagerOptions): Promise<Alertmanager> {
  return onFreePorts(1, ports => startOne({ version, config, port: portAt(ports, 0), clusterFlags: ['--cluster.listen-address='] }));
}

/** `size` Alertmanagers that gossip, all seeing each other when this resolves. */
export async function startAlertmanagers({ size, peerTimeout = '15s', ...options }: ClusterOptions): Promise<Alertmanager[]> {
  return onFreePorts(2 * size, async ports => {
    const gossip = ports.slice(size).map(port => `127.0.0.1:${port}`);
    const starts = ports.slice(0, size).map((port, at) =>
      startOne({
        ...options,
        port,
        clusterFlags: [
          `--cluster.listen-address=${gossip[at]}`,
          `--cluster.peer-timeout=${peerTimeout}`,
          '--cluster.settle-timeout=5s',
          '--cluster.gossip-interval=50ms',
          '--cluster.pushpull-interval=2s',
          '--cluster.reconnect-interval=1s',
          ...gossip.filter((_, peer) => peer !== at).map(address => `--cluster.peer=${address}`),
        ],
      }),
    );
    const settled = await Promise.allSettled(starts);
    const members = settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    try {
      for (const result of settled) if (result.status === 'rejected') throw result.reason;
      await Promise.all(members.map(member => eventually(async () => (await peersOf(member.url)) === size, { withinMs: 30_000 })));
    } catch (err) {
      await Promise.all(members.map(member => member.stop()));
      throw err;
    }
    return members;
  });
}

const Status = z.object({ cluster: z.object({ status: z.string(), peers: z.array(z.unknown()).default([]) }) });

/** How many members the replica at `url` sees, itself included; 0 until its cluster has settled (GET /api/v2/status). */
export async function peersOf(url: string): Promise<number> {
  const response = await fetch(`${url}/api/v2/status`, { signal: AbortSignal.timeout(2_000) });
  const { cluster } = Status.parse(await response.json());
  return cluster.status === 'ready' ? cluster.peers.length : 0;
}

interface OneOptions extends AlertmanagerOptions {
  readonly port: number;
  readonly clusterFlags: readonly string[];
}

async function startOne({ version, config, port, clusterFlags }: OneOptions): Promise<Alertmanager> {
  const folder = runFolder('alertmanager');
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const command = pathOf(`alertmanager-${version}`);
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${url}`,
    '--log.level=debug',
    ...clusterFlags,
  ];
  // The unpacked program finds its default templates relative to its own folder.
  const spec = { name: `alertmanager ${version}`, command, args, cwd: dirname(command) };
  const part = await startPart({ spec, url, port, folder, ready: () => answers(`${url}/-/ready`) });
  return {
    ...part,
    async reload(next) {
      writeFileSync(file, next);
      const response = await fetch(`${url}/-/reload`, { method: 'POST', signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      if (!response.ok) throw new Error(`Alertmanager refused its configuration with ${response.status}: ${text.trim()}`);
    },
  };
}
