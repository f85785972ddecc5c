import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChildSpec } from './process.ts';

const SCRIPT = join(import.meta.dirname, 'seal.sh');
const BY_ROOT = process.getuid?.() === 0;
const OWN_MOUNTS = ['--mount', ...(BY_ROOT ? [] : ['--user', '--map-root-user'])];

/** Whether this machine lets us: some forbid namespaces to whoever is not root. */
export const canSeal = (): boolean => spawnSync('unshare', [...OWN_MOUNTS, 'true']).status === 0;

/** Makes the file tree of an image one that this machine can run: its base is Node and what Node links to, and no shell. */
export function addBase(root: string): void {
  for (const folder of ['proc', 'dev', 'usr/local/bin']) mkdirSync(join(root, folder), { recursive: true, mode: 0o755 });
  // A place to put it, by mount.
  writeFileSync(join(root, 'usr/local/bin/node'), '');
  for (const library of librariesOf(node())) {
    mkdirSync(join(root, dirname(library)), { recursive: true, mode: 0o755 });
    copyFileSync(library, join(root, library));
  }
}

/**
 * A command as Docker or a kubelet would run it: user 65532, no capabilities, the tree as its whole and read-only file system. Network and
 * processes are those of the machine, so that it finds what listens on the loopback.
 */
export function sealed(root: string, { name, args, env }: Pick<ChildSpec, 'name' | 'args' | 'env'>): ChildSpec {
  return {
    name,
    command: 'unshare',
    args: [...OWN_MOUNTS, 'sh', SCRIPT, root, node(), '/usr/local/bin/node', ...args],
    env: { ...env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', SEALED_BY_ROOT: BY_ROOT ? 'yes' : 'no' },
  };
}

const node = (): string => realpathSync(process.execPath);

function librariesOf(program: string): string[] {
  return [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}
