import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { onPath } from '../setup/run.ts';

/** `make image` on a machine whose `docker` is this program, or that has none. */
function imageWith(docker: string | undefined, ctx: TestContext): { status: number | null; stderr: string } {
  const folder = runFolder('image');
  ctx.onTestFinished(() => removeFolder(folder));
  if (docker !== undefined) symlinkSync(onPath(docker) ?? docker, join(folder, 'docker'));
  return spawnSync(process.execPath, [join(import.meta.dirname, 'build.ts')], { env: { PATH: folder }, encoding: 'utf8', timeout: 30_000 });
}

it('says what to install where there is no docker, and what can be had without', ctx => {
  const { status, stderr } = imageWith(undefined, ctx);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^image: there is no docker on the PATH\. Install Docker .*node scripts\/image\/assemble\.ts <folder>$/m);
});

it('says how to start the daemon where none answers', ctx => {
  const { status, stderr } = imageWith('false', ctx);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^image: docker is there, but no daemon answers it.*DOCKER_HOST/m);
});
