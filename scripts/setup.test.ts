import { spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import { onPath } from './setup/run.ts';

let folder: string;
beforeEach(() => {
  folder = runFolder('setup');
});
afterEach(() => removeFolder(folder));

/** Runs setup with an empty cache on a machine that has only these programs. */
function setupWith(programs: readonly string[], env: Readonly<Record<string, string>> = {}): { status: number | null; said: string } {
  for (const program of programs) symlinkSync(onPath(program) ?? program, join(folder, program));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'setup.ts')], {
    env: { PATH: folder, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: stdout + stderr };
}

it('says what is missing and how to get it, and stops, where Debian packages cannot be had', () => {
  const { status, said } = setupWith(['flock', 'setpriv', 'sh']);
  expect(status).toBe(1);
  expect(said).toMatch(/no apt-get and dpkg/);
});

it('says which package brings the programs that it locks with', () => {
  const { status, said } = setupWith([]);
  expect(status).toBe(1);
  expect(said).toMatch(/install the package util-linux/);
});

it.each(['1.20', 'foo', '1.34.4'])('names the versions of Kubernetes that it knows, where K8S asks for %s', asked => {
  const { status, said } = setupWith([], { K8S: asked });
  expect(status).toBe(1);
  expect(said).toMatch(new RegExp(`^setup: K8S=${asked} is no version .* Give one of .*1\\.34, .*\\(the default\\)`));
});
