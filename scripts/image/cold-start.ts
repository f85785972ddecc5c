import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../bench/quantile.ts';
import { raiseStage, type Stage } from '../../bench/stage.ts';
import { SERVICE_ACCOUNT_DIR } from '../../src/config/slices/kubernetes.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { onFreePorts, portAt } from '../../test/parts/free-port.ts';
import { answers } from '../../test/parts/process.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { docker } from './docker.ts';

const STARTS = 5;

export interface ColdStart {
  /** From the moment at which its process began until it answers /readyz; the median. */
  readonly readyMs: number;
  /** What Docker needed before that; the median. */
  readonly containerMs: number;
}

/** Starts the operator of an image some times over, as a cluster would: no capability, nothing to write to; with a real API server and Redis. */
export async function coldStart(image: string): Promise<ColdStart> {
  const parts: { stop(): Promise<void> }[] = [];
  try {
    const stage = await raiseStage(part => (parts.push(part), part));
    const folder = serviceAccountFolder(stage);
    parts.push({ stop: async () => removeFolder(folder) });
    const starts: ColdStart[] = [];
    for (let count = 0; count < STARTS; count += 1) starts.push(await oneStart(image, { stage, folder }));
    return { readyMs: median(starts.map(({ readyMs }) => readyMs)), containerMs: median(starts.map(({ containerMs }) => containerMs)) };
  } finally {
    for (const part of parts.toReversed()) await part.stop();
  }
}

/** As the kubelet makes it, for every user to read. */
function serviceAccountFolder({ cluster, token }: Stage): string {
  const folder = runFolder('image');
  const mount = join(folder, 'serviceaccount');
  mkdirSync(mount, { mode: 0o755 });
  writeFileSync(join(mount, 'token'), token, { mode: 0o644 });
  copyFileSync(cluster.caFile, join(mount, 'ca.crt'));
  return folder;
}

function oneStart(image: string, { stage, folder }: { stage: Stage; folder: string }): Promise<ColdStart> {
  return onFreePorts(2, async ports => {
    const env = environment(stage, ports);
    const sealed = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'host'];
    const mount = ['--volume', `${join(folder, 'serviceaccount')}:${SERVICE_ACCOUNT_DIR}:ro`];
    const began = Date.now();
    const id = (await docker(['run', '--detach', ...sealed, ...mount, ...env.flatMap(one => ['--env', one]), image])).trim();
    try {
      const ready = (): Promise<boolean> => answers(`http://127.0.0.1:${portAt(ports, 1)}/readyz`);
      await eventually(async () => (await ready().catch(() => false)) || (await ended(id)), { withinMs: 30_000, everyMs: 5 });
      const readyAt = Date.now();
      const startedAt = Date.parse((await docker(['inspect', '--format', '{{.State.StartedAt}}', id])).trim());
      return { readyMs: readyAt - startedAt, containerMs: startedAt - began };
    } finally {
      await docker(['rm', '--force', id]);
    }
  });
}

/** Throws what it said where the container is over. */
async function ended(id: string): Promise<false> {
  const running = (await docker(['inspect', '--format', '{{.State.Running}}', id])).trim();
  if (running === 'false') throw new Error(`the operator ended: ${await docker(['logs', id])}`);
  return false;
}

function environment({ cluster, redis, webhookToken, apiToken }: Stage, ports: readonly number[]): string[] {
  const { hostname, port } = new URL(cluster.url);
  return [
    `KUBERNETES_SERVICE_HOST=${hostname}`,
    `KUBERNETES_SERVICE_PORT=${port}`,
    `REDIS_URL=${redis.url}`,
    `AWOOOI_WEBHOOK_TOKENS=${webhookToken}`,
    `AWOOOI_API_TOKENS=image:${apiToken}`,
    'AWOOOI_LISTEN_ADDRESS=127.0.0.1',
    `AWOOOI_API_PORT=${portAt(ports, 0)}`,
    `AWOOOI_OPS_PORT=${portAt(ports, 1)}`,
  ];
}
