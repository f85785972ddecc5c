import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codename, debianSources, openApt } from '../setup/apt.ts';
import { run } from '../setup/run.ts';

/** What Node links to; it brings certificates and time zones of its own. No shell, no package manager. */
const PACKAGES = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'];
const UNREAD = ['usr/share/man', 'usr/share/locale', 'usr/share/lintian', 'usr/share/bug'];

export interface DebianBase {
  /** The clone, for its Node. */
  readonly root: string;
  readonly docker: (args: readonly string[]) => Promise<string>;
}

/**
 * A base for the image where no image registry answers: some packages of this machine's Debian release, unpacked, and the Node of the clone.
 * Returns its name. Needs neither root nor debootstrap.
 */
export async function debianBase({ root, docker }: DebianBase): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'awoooi-base-'));
  try {
    const tree = join(work, 'tree');
    const apt = await openApt(join(work, 'apt'), await debianSources());
    for (const name of PACKAGES) await apt.unpack(name, tree);
    for (const path of UNREAD) rmSync(join(tree, path), { recursive: true, force: true });
    mkdirSync(join(tree, 'usr/local/bin'), { recursive: true });
    cpSync(join(root, 'node_modules/node/bin/node'), join(tree, 'usr/local/bin/node'), { dereference: true });
    return await imported({ root, docker }, { work, tree });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function imported({ docker }: DebianBase, { work, tree }: { work: string; tree: string }): Promise<string> {
  const name = `awoooi-base:debian-${codename()}-node-${process.versions.node}`;
  const file = join(work, 'base.tar');
  await run('tar', ['--create', '--file', file, '--owner=0', '--group=0', '--numeric-owner', '--directory', tree, '.']);
  const path = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  await docker(['import', '--change', path, file, name]);
  return name;
}
