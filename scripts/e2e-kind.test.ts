import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../test/parts/eventually.ts';
import { cacheFolder, placeOf } from '../test/parts/installed.ts';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import { onPath } from './setup/run.ts';

// No node image can be had on every machine that runs this: each program is a stand-in that writes down how it was called.
const Script = join(import.meta.dirname, 'e2e-kind.ts');
let folder: string;
beforeEach(() => {
  folder = runFolder('e2e-kind');
  for (const program of ['sh', 'cat', 'sleep']) symlinkSync(onPath(program) ?? program, join(folder, program));
});
afterEach(() => removeFolder(folder));

const environment = (more: Readonly<Record<string, string>>): Record<string, string> => ({
  PATH: folder,
  HOME: folder,
  XDG_CACHE_HOME: join(folder, 'cache'),
  ...more,
});

function e2eKind(more: Readonly<Record<string, string>> = {}): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [Script], { env: environment(more), encoding: 'utf8', timeout: 30_000 });
  return { status, said: stdout + stderr };
}

/** Where the stand-in of a program belongs: in the cache for what setup puts there, else on the PATH. */
function place(program: string): string {
  return program === 'kind' || program === 'helm'
    ? join(folder, 'cache/awoooi-operator', placeOf(program).slice(cacheFolder().length))
    : join(folder, program);
}

function standIn(program: string, body = 'exit 0'): void {
  const path = place(program);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${program} $*" >> '${join(folder, 'calls')}'\n${body}\n`);
  chmodSync(path, 0o755);
}

function standIns(bodies: Readonly<Record<string, string>> = {}): void {
  for (const program of ['docker', 'kind', 'make', 'helm', 'vitest']) standIn(program, bodies[program]);
}

/** The programs in the order of their calls, with the words that tell the calls apart. */
function calls(): readonly string[] {
  const file = join(folder, 'calls');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines
    .map(call =>
      call
        .split(' ')
        .slice(0, call.startsWith('kind') ? 3 : 2)
        .join(' '),
    )
    .filter(call => !call.startsWith('docker'));
}

it('says where Docker comes from, where there is none', () => {
  const { status, said } = e2eKind();
  expect(status).toBe(1);
  expect(said).toMatch(/no docker on the PATH\. Install Docker \(Debian: docker\.io\)/);
});

it('says that the daemon does not answer, and why', () => {
  standIn('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  const { status, said } = e2eKind();
  expect(status).toBe(1);
  expect(said).toMatch(/its daemon does not answer\. Start it.*Cannot connect to the Docker daemon/);
});

it('names a node image that is neither here nor to be pulled', () => {
  standIn('docker', '[ "$1" = info ] || { echo "no such host" >&2; exit 1; }');
  const { status, said } = e2eKind({ NODE_IMAGE: 'kindest/node:v1.30.13' });
  expect(status).toBe(1);
  expect(said).toMatch(/node image kindest\/node:v1\.30\.13 is not here.*NODE_IMAGE=.*no such host/);
});

it('says what it takes to build kind, where there is no Go', () => {
  standIn('docker');
  const { status, said } = e2eKind();
  expect(status).toBe(1);
  expect(said).toMatch(/kind are built with Go.*Install Go/);
});

const WholeRun = [
  'kind get clusters',
  'make --no-print-directory',
  'kind create cluster',
  'kind load docker-image',
  'helm install',
  'helm test',
  'vitest run',
  'kind delete cluster',
];

it('makes a cluster with image and chart, runs the suite on it and deletes it', () => {
  standIns({ vitest: `echo "on $KUBECONFIG"` });
  const { status, said } = e2eKind({ IMAGE: 'localhost:5000/awoooi:7' });
  expect(status).toBe(0);
  expect(calls()).toEqual(WholeRun);
  expect(said).toContain(`on ${join(folder, 'cache/awoooi-operator/kind.kubeconfig')}`);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toContain('image.repository=localhost:5000/awoooi,image.tag=7,');
});

it('deletes the cluster also when a step fails, and says which', () => {
  standIns({ helm: 'exit 3' });
  const { status, said } = e2eKind();
  expect(status).toBe(1);
  expect(said).toContain('installing the chart ended with 3');
  expect(calls()).toEqual([
    'kind get clusters',
    'make --no-print-directory',
    'kind create cluster',
    'kind load docker-image',
    'helm install',
    'kind delete cluster',
  ]);
});

it('ends the suite and deletes the cluster when it is interrupted', async () => {
  standIns({ vitest: 'exec sleep 60' });
  const child = spawn(process.execPath, [Script], { env: environment({}), stdio: 'ignore' });
  const ended = new Promise(resolve => child.once('close', resolve));
  await eventually(() => calls().includes('vitest run'), { withinMs: 30_000 });
  child.kill('SIGINT');
  expect(await ended).toBe(1);
  expect(calls()).toEqual(WholeRun);
});

it('leaves the cluster with KEEP and says how to reach and delete it; the next run refuses to touch it', () => {
  standIns();
  expect(e2eKind({ KEEP: '1' }).said).toMatch(/KUBECONFIG=\S+kind\.kubeconfig; delete it with: \S+kind delete cluster --name awoooi-e2e/);
  expect(calls()).not.toContain('kind delete cluster');
  standIn('kind', 'echo awoooi-e2e');
  expect(e2eKind().said).toMatch(/of an earlier run is there; delete it with: \S+kind delete cluster/);
  expect(calls()).not.toContain('kind delete cluster');
});

it('lists its steps with DRY_RUN and does none of them', () => {
  const { status, said } = e2eKind({ DRY_RUN: '1' });
  expect(status).toBe(0);
  expect(said.split('\n').filter(line => line.startsWith('# '))).toHaveLength(7);
  expect(said).toMatch(/kind create cluster --name awoooi-e2e --image kindest\/node:v\S+@sha256:\w{64}/);
});
