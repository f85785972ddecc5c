import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Binary, cacheFolder, find, placeOf } from '../../test/parts/installed.ts';
import { type Apt, archiveOf, codename, debianSources, openApt } from './apt.ts';
import { onPath, run, step } from './run.ts';

interface DebianProgram {
  readonly binaries: readonly Binary[];
  readonly packages: string;
  readonly suite: 'own' | 'sid';
  /** Programs already on the PATH that will do: their names, and a pattern for what `--version` prints. */
  readonly onPath: { readonly names: readonly string[]; readonly version: RegExp };
  /** Fills an empty folder with the binaries. */
  readonly fill: (apt: Apt, folder: string) => Promise<void>;
}

/** What stands on the PATH will not do. */
const NONE = /(?!)/;

const Programs: readonly DebianProgram[] = [
  {
    binaries: ['redis-server'],
    packages: 'redis-server',
    suite: 'own',
    onPath: { names: ['redis-server'], version: /v=(7|8)\./ },
    fill: redis,
  },
  {
    binaries: ['alertmanager-0.25'],
    packages: 'prometheus-alertmanager 0.25',
    suite: 'own',
    onPath: { names: ['prometheus-alertmanager'], version: /version 0\.25\./ },
    fill: (apt, folder) => alertmanager(apt, folder, '=0.25*'),
  },
  {
    binaries: ['faketime'],
    packages: 'libfaketime',
    suite: 'own',
    // The library beside it is what tests need, and a machine that has the program may keep that anywhere.
    onPath: { names: ['faketime'], version: NONE },
    fill: faketime,
  },
  {
    binaries: ['alertmanager-0.33', 'amtool'],
    packages: 'prometheus-alertmanager of sid',
    suite: 'sid',
    onPath: { names: ['prometheus-alertmanager', 'amtool'], version: /version 0\.(3[3-9]|[4-9]\d)\./ },
    async fill(apt, folder) {
      await alertmanager(apt, folder, '');
      renameSync(join(folder, 'usr/bin/amtool'), join(folder, '.amtool'));
    },
  },
  {
    binaries: ['prometheus', 'promtool'],
    packages: 'prometheus and promtool of sid',
    suite: 'sid',
    onPath: { names: ['prometheus', 'promtool'], version: /version 3\./ },
    fill: prometheus,
  },
];

/**
 * Gets what is missing of Redis, the Alertmanagers, Prometheus and faketime: from the PATH where the version fits, else unpacked from
 * Debian's packages.
 */
export async function ensureDebianPrograms(): Promise<void> {
  const missing: DebianProgram[] = [];
  for (const program of Programs) {
    const there = program.binaries.every(binary => find(binary) !== undefined) || unpackedBefore(program) || (await linked(program));
    if (!there) missing.push(program);
  }
  if (missing.length === 0) return;
  const sources = await debianSources();
  console.log(
    `setup: from Debian's packages, unpacked under ${cacheFolder()} and not installed: ${missing.map(({ packages }) => packages).join(', ')}`,
  );
  const archive = archiveOf(sources);
  // Alertmanager 0.25 is Debian 12's, whatever release this machine runs.
  const own = codename() === 'bookworm' ? sources : [...sources, `${archive} bookworm`];
  await ensureFrom('own', own, missing);
  await ensureFrom('sid', [`${archive} sid`], missing);
}

async function ensureFrom(suite: 'own' | 'sid', sources: readonly string[], all: readonly DebianProgram[]): Promise<void> {
  const programs = all.filter(program => program.suite === suite);
  if (programs.length === 0) return;
  const folder = join(cacheFolder(), `apt-${suite}`);
  const suites = sources.map(source => source.split(' ')[1]).join(', ');
  const apt = await step(`reading the package lists of Debian ${suites}`, () => openApt(folder, sources));
  for (const program of programs) await step(`unpacking ${program.packages}`, () => install(apt, program));
  rmSync(folder, { recursive: true, force: true });
}

async function install(apt: Apt, { binaries, fill }: DebianProgram): Promise<void> {
  const place = folderOf(binaries);
  rmSync(place, { recursive: true, force: true });
  // Filled where it will stay, as the wrapper names its folder; the binaries themselves appear last and at once.
  mkdirSync(place, { recursive: true });
  await fill(apt, place);
  for (const binary of binaries) {
    const name = basename(placeOf(binary));
    await run(join(place, `.${name}`), ['--version'], { cwd: place });
    renameSync(join(place, `.${name}`), join(place, name));
  }
}

/** An earlier setup may have unpacked a program that nothing was run of then: it lies where its package has it. */
function unpackedBefore({ binaries }: DebianProgram): boolean {
  const absent = binaries.filter(binary => find(binary) === undefined);
  const packaged = absent.map(binary => join(folderOf(binaries), 'usr/bin', basename(placeOf(binary))));
  if (!packaged.every(path => existsSync(path))) return false;
  absent.forEach((binary, at) => {
    renameSync(packaged[at] ?? '', placeOf(binary));
  });
  return true;
}

async function linked({ binaries, onPath: { names, version } }: DebianProgram): Promise<boolean> {
  const found = names.flatMap(name => onPath(name) ?? []);
  if (found.length < names.length) return false;
  for (const path of found) {
    if (!version.test(await run(path, ['--version']).catch(() => ''))) return false;
  }
  mkdirSync(folderOf(binaries), { recursive: true });
  binaries.forEach((binary, at) => {
    rmSync(placeOf(binary), { force: true });
    symlinkSync(found[at] ?? '', placeOf(binary));
  });
  return true;
}

function folderOf([first]: readonly Binary[]): string {
  if (first === undefined) throw new Error('a program without a binary');
  return dirname(placeOf(first));
}

async function redis(apt: Apt, folder: string): Promise<void> {
  await apt.unpackWithDependencies('redis-server', folder);
  const libraries = ['usr/lib', 'lib'].flatMap(base => subfolders(join(folder, base)));
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries.join(':')}' exec '${join(folder, 'usr/bin/redis-server')}' "$@"\n`;
  writeFileSync(join(folder, '.redis-server'), script);
  chmodSync(join(folder, '.redis-server'), 0o755);
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => join(folder, entry.name));
  } catch {
    return [];
  }
}

/**
 * Debian's Alertmanager reads its default templates from /usr/share/prometheus/alertmanager, and no flag changes that.
 * Writing there takes root, so the path inside the program is made relative, at the same length: it is started in its unpacked tree.
 */
async function alertmanager(apt: Apt, folder: string, version: string): Promise<void> {
  await apt.unpack(`prometheus-alertmanager${version}`, folder);
  const program = readFileSync(join(folder, 'usr/bin/prometheus-alertmanager'));
  const absolute = '/usr/share/prometheus/alertmanager';
  for (let at = program.indexOf(absolute); at !== -1; at = program.indexOf(absolute, at + 1)) {
    program.write('usr//share/prometheus/alertmanager', at, 'latin1');
  }
  writeFileSync(join(folder, '.alertmanager'), program, { mode: 0o755 });
}

async function faketime(apt: Apt, folder: string): Promise<void> {
  await apt.unpack('faketime', folder);
  await apt.unpack('libfaketime', folder);
  renameSync(join(folder, 'usr/bin/faketime'), join(folder, '.faketime'));
}

async function prometheus(apt: Apt, folder: string): Promise<void> {
  await apt.unpack('prometheus', folder);
  await apt.unpack('promtool', folder);
  for (const name of ['prometheus', 'promtool']) renameSync(join(folder, 'usr/bin', name), join(folder, `.${name}`));
}
