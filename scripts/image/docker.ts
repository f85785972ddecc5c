import { spawnSync } from 'node:child_process';
import { Missing, onPath, run } from '../setup/run.ts';

const WITHOUT = 'What the image would hold can be had without Docker: node scripts/image/assemble.ts <folder>';

/** Throws, with what to do, where no image can be built. */
export function dockerOrMissing(): void {
  if (onPath('docker') === undefined) {
    throw new Missing(`there is no docker on the PATH. Install Docker (on Debian: apt install docker.io) and start its daemon. ${WITHOUT}`);
  }
  const { status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
  if (status === 0) return;
  const said = stderr
    .trim()
    .split('\n')
    .at(-1)
    ?.replace(/[.?!]$/, '');
  throw new Missing(
    `docker is there, but no daemon answers it: ${said}. Start one (systemctl start docker, or dockerd as root), or say in DOCKER_HOST where it listens. ${WITHOUT}`,
  );
}

export const docker = (args: readonly string[]): Promise<string> => run('docker', args);

/** Throws where docker fails; what it says is seen at once. */
export function dockerAloud(args: readonly string[]): void {
  // Without buildx only the older builder is left, which would warn that it is old.
  const env = hasBuildx() ? process.env : { ...process.env, DOCKER_BUILDKIT: '0' };
  const { status, signal } = spawnSync('docker', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (status === 0) return;
  const why = `docker ${args[0]} ended with ${status ?? signal}: what it said stands above`;
  throw new Missing(`${why}. Where no image registry answers, make image BASE=debian needs none (docs/image.md)`);
}

export const hasBuildx = (): boolean => spawnSync('docker', ['buildx', 'version']).status === 0;
