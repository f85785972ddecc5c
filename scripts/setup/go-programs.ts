import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { kubernetesFolder, pinned, type ToolsFolder } from '../../test/parts/control-plane-version.ts';
import { AllBinaries, type Binary, cacheFolder, find, placeOf, Root } from '../../test/parts/installed.ts';
import { Missing, onPath, run, step } from './run.ts';

interface GoProgram {
  readonly binary: Binary;
  /** `kubernetes`: whichever version K8S asks for. */
  readonly module: ToolsFolder | 'kubernetes';
  readonly package: string;
  readonly expect: string;
}

// etcd is the same for every version of Kubernetes. It and kube-apiserver first: the others share most of what the API server compiles.
const Programs: readonly GoProgram[] = [
  { binary: 'etcd', module: 'control-plane', package: 'go.etcd.io/etcd/server/v3', expect: 'half a minute' },
  { binary: 'kube-apiserver', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', expect: 'three to five minutes' },
  {
    binary: 'kube-controller-manager',
    module: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    expect: 'a minute',
  },
  { binary: 'kube-scheduler', module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler', expect: 'half a minute' },
  { binary: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', expect: 'a minute' },
  { binary: 'kind', module: 'kind', package: 'sigs.k8s.io/kind', expect: 'half a minute' },
];

/**
 * Builds what is missing of the control plane from its Go modules: no registry of packages ships these programs,
 * and their download sites are not reachable from everywhere that a Go module proxy is.
 */
export async function ensureGoPrograms(wanted: readonly Binary[] = AllBinaries): Promise<void> {
  const missing = Programs.filter(({ binary }) => wanted.includes(binary) && find(binary) === undefined);
  if (missing.length === 0) return;
  await expectGo();
  for (const program of missing) {
    await step(`building ${program.binary} from source (once; ${program.expect} on two cores)`, () => build(program));
  }
  // Gigabytes that no later run needs: a new version compiles nearly everything anew.
  rmSync(goFolder(), { recursive: true, force: true });
}

async function build({ binary, module, package: path }: GoProgram): Promise<void> {
  const place = placeOf(binary);
  const unfinished = `${place}.${process.pid}`;
  for (const folder of [dirname(place), goTemporary()]) mkdirSync(folder, { recursive: true });
  const cwd = join(Root, 'tools', module === 'kubernetes' ? kubernetesFolder() : module);
  await run('go', ['build', '-trimpath', '-ldflags', `-s -w ${versionFlags()}`, '-o', unfinished, path], { cwd, env: goEnvironment() });
  if (binary === 'kwok') await copyStages(cwd, dirname(place));
  renameSync(unfinished, place);
}

function versionFlags(): string {
  const version = pinned(kubernetesFolder(), 'k8s.io/kubernetes');
  const [major, minor] = version.split('.');
  const variable = 'k8s.io/component-base/version';
  return [`gitVersion=v${version}`, `gitMajor=${major}`, `gitMinor=${minor}`].map(value => `-X ${variable}.${value}`).join(' ');
}

/** kwok plays no part without stages: the ones of its module make nodes and pods ready, and complete and delete pods. */
async function copyStages(cwd: string, to: string): Promise<void> {
  const module = (await run('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], { cwd, env: goEnvironment() })).trim();
  const folders = ['pod/fast', 'node/fast', 'node/heartbeat-with-lease'].map(name => join(module, 'kustomize/stage', name));
  const files = folders.flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .map(name => join(folder, name)),
  );
  writeFileSync(join(to, 'stages.yaml'), files.map(file => readFileSync(file, 'utf8')).join('\n---\n'));
}

async function expectGo(): Promise<void> {
  const how = 'Install Go 1.21 or newer (any of them fetches the toolchain that tools/*/go.mod names) and run `make setup` again.';
  if (onPath('go') === undefined)
    throw new Missing(`The control plane and kind are built with Go, and there is no \`go\` on the PATH. ${how}`);
  const version = await run('go', ['version'], { env: goEnvironment() });
  const minor = Number(/go1\.(\d+)/.exec(version)?.[1] ?? 0);
  if (minor < 21) throw new Missing(`The Go on the PATH is too old (${version.trim()}). ${how}`);
}

function goFolder(): string {
  return join(cacheFolder(), 'go');
}

const goTemporary = (): string => join(goFolder(), 'tmp');

/** Everything that Go writes goes below the cache folder; what a person set by `go env -w`, a proxy for example, still counts. */
function goEnvironment(): NodeJS.ProcessEnv {
  const { env } = process;
  const configuration = env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  return {
    ...env,
    CGO_ENABLED: '0',
    GOENV: env['GOENV'] ?? join(configuration, 'go/env'),
    GOFLAGS: '-mod=readonly -modcacherw -buildvcs=false',
    GOPATH: goFolder(),
    GOMODCACHE: join(goFolder(), 'mod'),
    GOCACHE: join(goFolder(), 'build'),
    GOTMPDIR: goTemporary(),
    GOWORK: 'off',
    XDG_CONFIG_HOME: join(goFolder(), 'config'),
  };
}
