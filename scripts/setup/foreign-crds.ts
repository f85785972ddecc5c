import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../test/parts/installed.ts';
import { FOREIGN_CRDS, type ForeignCrds, hasForeignCrds, placeOfCrd } from '../../test/parts/foreign-crds.ts';
import { Missing, onPath, run, step } from './run.ts';
import { unzip } from './unzip.ts';

/** What `go mod download -json` says of one module. */
const Downloaded = z.object({ Path: z.string(), Version: z.string(), Zip: z.string(), Sum: z.string() });
type Downloaded = z.infer<typeof Downloaded>;

/**
 * Gets the definitions that examples of other projects' kinds are held to out of the Go modules that publish them: they are not ours to
 * keep in this repository, and no registry of packages ships them otherwise.
 */
export async function ensureForeignCrds(all: readonly ForeignCrds[] = FOREIGN_CRDS): Promise<void> {
  const missing = all.filter(crds => !hasForeignCrds(crds));
  if (missing.length === 0) return;
  if (onPath('go') === undefined) throw new Missing(`${wanted(missing)}, and there is no \`go\` on the PATH. ${HOW}`);
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'go-modules-'));
  quietGo(folder);
  try {
    await step(
      'fetching the definitions of Argo CD, Argo Rollouts, Flagger, Flux, the Prometheus operator and the Gateway API (60 MB, once)',
      () => fetched(missing, folder),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const HOW = 'Install Go 1.21 or newer, let it reach a Go module proxy (`go env GOPROXY`) and run `make setup` again.';

function wanted(missing: readonly ForeignCrds[]): string {
  const modules = missing.map(({ module, version }) => `${module}@${version}`).join(', ');
  return `The definitions of other projects come from Go modules (${modules})`;
}

async function fetched(missing: readonly ForeignCrds[], folder: string): Promise<void> {
  const modules = missing.map(({ module, version }) => `${module}@${version}`);
  // In a folder without a go.mod, so that no module graph is loaded; only the zip files are looked into.
  const said = await run('go', ['mod', 'download', '-json', ...modules], { cwd: folder, env: goEnvironment(folder) }).catch(
    (err: unknown) => {
      throw new Missing(`${wanted(missing)}, and they could not be fetched. ${HOW}\n${err instanceof Error ? err.message : String(err)}`);
    },
  );
  const downloads = each(said);
  for (const crds of missing) unpack(crds, checked(crds, downloads));
}

/** One JSON document after the other, as Go writes them. */
function each(said: string): Downloaded[] {
  return said.split(/^(?=\{$)/m).map(text => Downloaded.parse(JSON.parse(text)));
}

/** What was downloaded for a module, if it is what the table pins. */
export function checked({ module, version, sum }: ForeignCrds, downloads: readonly Downloaded[]): Downloaded {
  const found = downloads.find(({ Path, Version }) => Path === module && Version === version);
  if (found === undefined) throw new Missing(`Go has not downloaded ${module}@${version}. ${HOW}`);
  if (found.Sum === sum) return found;
  throw new Missing(
    `${module}@${version} is not what it was: its sum is ${found.Sum} instead of ${sum}. Do not use it; find out what your Go module proxy serves.`,
  );
}

function unpack(crds: ForeignCrds, { Path, Version, Zip }: Downloaded): void {
  const contents = unzip(
    Zip,
    crds.files.map(file => `${Path}@${Version}/${file}`),
  );
  crds.files.forEach((file, at) => {
    const place = placeOfCrd(crds, file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(`${place}.${process.pid}`, contents[at] ?? '');
    renameSync(`${place}.${process.pid}`, place);
  });
}

/** Go counts its own calls by a process that outlives them, which would write into the folder while it is being removed. */
function quietGo(folder: string): void {
  const telemetry = join(folder, 'config/go/telemetry');
  mkdirSync(telemetry, { recursive: true });
  writeFileSync(join(telemetry, 'mode'), 'off');
}

/** Everything that Go writes goes into the folder; what a person set by `go env -w`, a proxy for example, still counts. */
function goEnvironment(folder: string): NodeJS.ProcessEnv {
  const { env } = process;
  const configuration = env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  return {
    ...env,
    GOENV: env['GOENV'] ?? join(configuration, 'go/env'),
    GOFLAGS: '-modcacherw',
    GOPATH: folder,
    GOMODCACHE: join(folder, 'mod'),
    GOWORK: 'off',
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
}
