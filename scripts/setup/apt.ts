import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Missing, onPath, run } from './run.ts';

/** Debian packages fetched into a folder of ours, without root and without touching the machine's own package lists. */
export interface Apt {
  /** Unpacks one package, as `name` or `name=version*`, into a folder. */
  unpack(spec: string, into: string): Promise<void>;
  /** The same with everything it needs that this machine has not. */
  unpackWithDependencies(name: string, into: string): Promise<void>;
}

const Keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The lines of this machine's own apt sources that name Debian, as `<url> <suite>`. apt itself reads them, in whatever form they are. */
export async function debianSources(): Promise<readonly string[]> {
  const how = 'Put redis-server (7), alertmanager (0.25 and 0.33), prometheus and promtool (3) on the PATH and run `make setup` again.';
  if (onPath('apt-get') === undefined || onPath('dpkg') === undefined) {
    throw new Missing(`Some parts come from Debian's packages, and this machine has no apt-get and dpkg. ${how}`);
  }
  const targets = await run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)', 'Created-By: Packages']);
  const lines = targets.split('\n').filter(line => /\/debian(-security)?\/? \S+ main$/.test(line));
  const sources = [...new Set(lines.map(line => line.replace(/ main$/, '')))];
  if (sources.length === 0)
    throw new Missing(`Some parts come from Debian's packages, and this machine's apt sources name no Debian archive. ${how}`);
  return sources;
}

/** The archive that holds every release, from the sources of `debianSources`. */
export function archiveOf(sources: readonly string[]): string {
  const archive = sources.map(line => line.split(' ')[0] ?? '').find(url => /\/debian\/?$/.test(url));
  if (archive === undefined) throw new Missing("This machine's apt sources name no Debian main archive (a URL that ends in /debian).");
  return archive;
}

/** Reads the package lists of these sources (`<url> <suite>`) into `folder`. */
export async function openApt(folder: string, sources: readonly string[]): Promise<Apt> {
  for (const part of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, part), { recursive: true });
  const signedBy = existsSync(Keyring) ? `[signed-by=${Keyring}] ` : '';
  writeFileSync(join(folder, 'sources.list'), sources.map(source => `deb ${signedBy}${source} main\n`).join(''));
  const options = settings(folder).flatMap(setting => ['-o', setting]);
  const archives = join(folder, 'cache/archives');
  const apt = (...args: readonly string[]): Promise<string> =>
    run('apt-get', [...options, '--yes', '--quiet=2', ...args], { cwd: archives });
  await apt('update');

  const unpackAll = async (into: string): Promise<void> => {
    mkdirSync(into, { recursive: true });
    for (const file of readdirSync(archives).filter(name => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', join(archives, file), into]);
      rmSync(join(archives, file));
    }
  };
  return {
    async unpack(spec, into) {
      await apt('download', spec);
      await unpackAll(into);
    },
    async unpackWithDependencies(name, into) {
      await apt('install', '--download-only', '--no-install-recommends', name);
      await unpackAll(into);
    },
  };
}

/** The machine's release name, `bookworm` for example. */
export function codename(): string {
  return /^VERSION_CODENAME=(\S+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'sid';
}

function settings(folder: string): string[] {
  return [
    `Dir::State=${join(folder, 'state')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${join(folder, 'cache')}`,
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled=false',
    // Our folder may lie where the user `_apt` cannot write (apt asks only as root); nothing is installed, so there is nothing to lock.
    'APT::Sandbox::User=root',
    'Debug::NoLocking=1',
  ];
}
