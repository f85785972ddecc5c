import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseEnv } from 'node:util';
import { stringify } from 'yaml';
import type { PipelineStep } from '../gitops/pipelines.ts';
import { pathOf, Root } from '../parts/installed.ts';
import { runFolder } from '../parts/run-folder.ts';
import { onPath } from '../../scripts/setup/run.ts';

export interface RanStep {
  readonly name: string;
  readonly status: number | null;
  readonly output: string;
}

type Variables = Readonly<Record<string, string>>;

interface Running {
  /** What the variables and secrets of the project hold. */
  readonly project: Variables;
  /** Told of each step before it runs. */
  readonly before?: (name: string) => void;
}

/** A clone with the examples, a probe and something to deploy, and the programs that a runner of pipelines has. */
export interface Runner {
  readonly folder: string;
  /** The steps one after the other until one fails: `${{ secrets.NAME }}` is the project's NAME. */
  github(steps: readonly PipelineStep[], of: Running): Promise<readonly RanStep[]>;
  /** The same for GitLab, which gives every job all variables of the project: `$NAME` is the project's NAME. */
  gitlab(steps: readonly PipelineStep[], of: Running): Promise<readonly RanStep[]>;
  /** A script of a person, in the same surroundings. */
  shell(script: string, env?: Variables): Promise<Omit<RanStep, 'name'>>;
}

export interface Surroundings {
  /** Stands for `shop` wherever the examples say so. */
  readonly namespace: string;
  readonly probe: object;
  readonly deployment: object;
  /** What only a test sets. */
  readonly env: Variables;
}

/** What the image has at /app/dist/src/main.js. */
const AWOOOI = join(Root, 'test/cli/awoooi.ts');

export function pipelineRunner(given: Surroundings): Runner {
  const folder = runFolder('pipeline');
  furnish(folder, given);

  // Of a cluster that others work on too, kubectl would otherwise remember kinds from before they were there.
  const surroundings = { HOME: folder, KUBECACHEDIR: join(folder, 'temp/kube-cache'), KUBERC: 'off' };

  const shell: Runner['shell'] = async (script, env = {}) => {
    const all = { PATH: join(folder, 'bin') + delimiter + process.env['PATH'], ...surroundings, ...given.env, ...env };
    const moved = script.replaceAll(/\bshop\b/g, given.namespace).replaceAll('/app/dist/src/main.js', AWOOOI);
    const child = spawn('bash', ['-e', '-c', moved], { cwd: folder, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { status, output: stdout + stderr };
  };

  async function run(steps: readonly PipelineStep[], envOf: (step: PipelineStep) => Variables, { before }: Running): Promise<RanStep[]> {
    const ran: RanStep[] = [];
    for (const step of steps) {
      before?.(step.name);
      const { status, output } = await shell(step.script, envOf(step));
      ran.push({ name: step.name, status, output });
      if (status !== 0) break;
    }
    return ran;
  }

  return {
    folder,
    shell,
    github(steps, of) {
      const handedOn = join(folder, 'temp/github-env');
      writeFileSync(handedOn, '');
      const own = { RUNNER_TEMP: join(folder, 'temp'), GITHUB_ENV: handedOn };
      return run(steps, ({ env }) => ({ ...own, ...handed(handedOn), ...filled(env, /\$\{\{ \w+\.(\w+) \}\}/g, of.project) }), of);
    },
    gitlab: (steps, of) => run(steps, ({ env }) => ({ ...of.project, ...filled(env, /\$(\w+)/g, of.project) }), of),
  };
}

/** What earlier steps wrote for later ones. */
const handed = (file: string): Variables =>
  Object.fromEntries(Object.entries(parseEnv(readFileSync(file, 'utf8'))).map(([name, value]) => [name, value ?? '']));

function filled(env: Variables, place: RegExp, project: Variables): Variables {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll(place, (_, of: string) => valueOf(of, project))]),
  );
}

function valueOf(name: string, project: Variables): string {
  const value = project[name];
  if (value === undefined) throw new Error(`the pipeline names ${name}, which the project does not have`);
  return value;
}

function furnish(folder: string, { namespace, probe, deployment }: Surroundings): void {
  for (const each of ['bin', 'deploy', 'temp']) mkdirSync(join(folder, each));
  cpSync(join(Root, 'examples'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'probe.yaml'), stringify(probe));
  writeFileSync(join(folder, 'deploy/kustomization.yaml'), stringify({ namespace, resources: ['deployment.yaml'] }));
  writeFileSync(join(folder, 'deploy/deployment.yaml'), stringify(deployment));
  symlinkSync(pathOf('kubectl'), join(folder, 'bin/kubectl'));
  program(folder, 'awoooi', `exec '${process.execPath}' -- '${AWOOOI}' "$@"`);
  // The image is what runs awoooi: what docker itself is told stands before its name.
  program(folder, 'docker', `while [ "$1" != "$IMAGE" ]; do shift; done; shift; exec awoooi "$@"`);
  if (onPath('curl') === undefined) program(folder, 'curl', `exec '${process.execPath}' '${join(Root, 'test/docs/curl-program.ts')}' "$@"`);
}

function program(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
