import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SERVICE_ACCOUNT_DIR } from '../../src/config/slices/kubernetes.ts';
import type { ChildSpec } from './process.ts';

const SCRIPT = join(import.meta.dirname, 'seal.sh');
const BY_ROOT = process.getuid?.() === 0;
const OWN_MOUNTS = ['--mount', ...(BY_ROOT ? [] : ['--user', '--map-root-user'])];

/** A way to run a command in the file tree of an image with nothing to write to and nothing else to start. */
export interface Seal {
  readonly by: string;
  /** Where the command finds a path of the tree. */
  path(inTree: string): string;
  child(spec: Pick<ChildSpec, 'name' | 'args' | 'env'>): ChildSpec;
  /** Whom it runs as, and the errors of a write and of a start. */
  readonly held: { readonly user: number; readonly write: string; readonly start: string };
}

/** All that this machine lets us: some forbid namespaces to whoever is not root, or to everybody. */
export function seals(root: string): readonly Seal[] {
  const canSeal = spawnSync('unshare', [...OWN_MOUNTS, 'true']).status === 0;
  return [...(canSeal ? [byNamespaces(root)] : []), byNode(root)];
}

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
 * As Docker or a kubelet would run it: user 65532, no capabilities, the tree as its whole and read-only file system. Network and processes
 * are those of the machine, so that it finds what listens on the loopback.
 */
function byNamespaces(root: string): Seal {
  return {
    by: 'namespaces',
    path: inTree => inTree,
    child: ({ name, args, env }) => ({
      name,
      command: 'unshare',
      args: [...OWN_MOUNTS, 'sh', SCRIPT, root, node(), '/usr/local/bin/node', ...args],
      env: { ...env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', SEALED_BY_ROOT: BY_ROOT ? 'yes' : 'no' },
    }),
    held: { user: 65532, write: 'EROFS', start: 'ENOENT' },
  };
}

/** Needs nothing of the machine: Node itself lets the program read that tree alone, write nothing and start nothing. */
function byNode(root: string): Seal {
  const path = (inTree: string): string => join(root, inTree);
  return {
    by: "Node's permissions",
    path,
    child: ({ name, args, env }) => ({
      name,
      command: node(),
      args: ['--permission', `--allow-fs-read=${root}`, ...args],
      env: { ...env, AWOOOI_SERVICE_ACCOUNT_DIR: path(SERVICE_ACCOUNT_DIR) },
    }),
    held: { user: process.getuid?.() ?? -1, write: 'ERR_ACCESS_DENIED', start: 'ERR_ACCESS_DENIED' },
  };
}

const node = (): string => realpathSync(process.execPath);

function librariesOf(program: string): string[] {
  return [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}
