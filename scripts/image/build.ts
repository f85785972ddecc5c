import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Missing } from '../setup/run.ts';
import { contextWithPackages, letThrough } from './build-context.ts';
import { coldStart } from './cold-start.ts';
import { debianBase } from './debian-base.ts';
import { docker, dockerAloud, dockerOrMissing, hasBuildx } from './docker.ts';
import { revisionOf } from './revision.ts';
import { type Wanted, wanted } from './wanted.ts';

const ROOT = join(import.meta.dirname, '../..');
const ARCHIVE = 'awoooi-operator.oci.tar';

/** `make image`: builds, then says how large the image is and how soon an operator of it is ready. Exit status 1 where it cannot, with what to do. */
async function image(): Promise<number> {
  try {
    const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const want = wanted(process.env, version);
    dockerOrMissing();
    const base = want.base === 'debian' ? await debianBase({ root: ROOT, docker }) : want.base;
    await build({ ...want, base }, version);
    await (want.platforms === undefined ? report(want.image) : reportPlatforms(want));
    return 0;
  } catch (err) {
    console.error(`image: ${err instanceof Missing ? err.message : err instanceof Error ? err.stack : String(err)}`);
    return 1;
  }
}

async function build(want: Wanted, version: string): Promise<void> {
  const context = want.packages === 'clone' ? mkdtempSync(join(tmpdir(), 'awoooi-context-')) : ROOT;
  try {
    if (want.packages === 'clone') await contextWithPackages(ROOT, context);
    const args = {
      VERSION: version,
      REVISION: revisionOf(ROOT, ['Dockerfile', '.dockerignore', ...letThrough(ROOT)]),
      CREATED: createdAt(),
      ...(want.base !== undefined && { BASE: want.base }),
    };
    const named = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    dockerAloud([...way(want), ...named, '--tag', want.image, context]);
  } finally {
    if (context !== ROOT) rmSync(context, { recursive: true, force: true });
  }
}

/** One architecture goes to the daemon. More of them can only be pushed, or written to a file. */
function way({ platforms, push }: Wanted): string[] {
  if (platforms === undefined) return ['build'];
  if (!hasBuildx()) throw new Missing('PLATFORMS needs docker buildx (on Debian 13: the package docker-buildx), and this docker has none');
  return ['buildx', 'build', '--platform', platforms, ...(push ? ['--push'] : ['--output', `type=oci,dest=${ARCHIVE}`])];
}

async function report(name: string): Promise<void> {
  const bytes = Number(await docker(['image', 'inspect', '--format', '{{.Size}}', name]));
  console.log(`${name}: ${mib(bytes)} MiB unpacked`);
  const { readyMs, containerMs } = await coldStart(name);
  console.log(`cold start: ready after ${readyMs.toFixed(0)} ms; the container itself took ${containerMs.toFixed(0)} ms more`);
}

async function reportPlatforms({ image: name, platforms, push }: Wanted): Promise<void> {
  console.log(push ? `${name}: pushed for ${platforms}` : `${ARCHIVE}: ${mib(statSync(ARCHIVE).size)} MiB, ${name} for ${platforms}`);
}

const mib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();

/** When it was committed, not when it was built: two builds of one commit say the same. */
const createdAt = (): string => new Date(Number(git('log', '-1', '--format=%ct')) * 1_000).toISOString().replace(/\.\d+Z$/, 'Z');

process.exitCode = await image();
