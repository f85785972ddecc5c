import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { cacheFolder, placeOf, Root } from '../test/parts/installed.ts';
import { kindNeeds, NodeImage } from './e2e-kind/needs.ts';
import { removal, type Settings, type Step, steps } from './e2e-kind/steps.ts';
import { run } from './setup/run.ts';

const { env } = process;
const given = (name: string, otherwise: string): string => env[name] || otherwise;

const Cluster = 'awoooi-e2e';
const settings: Settings = {
  cluster: Cluster,
  kubeconfig: join(cacheFolder(), 'kind.kubeconfig'),
  nodeImage: given('NODE_IMAGE', NodeImage),
  image: given('IMAGE', 'awoooi-operator:e2e'),
  kind: placeOf('kind'),
  helm: placeOf('helm'),
  tests: given('TESTS', 'test/e2e').split(' '),
};

let interruptedBy: string | undefined;
let running: ChildProcess | undefined;

/** Runs a step to its end, on the terminal; a step that fails or is interrupted throws. */
async function perform({ what, command, args }: Step): Promise<void> {
  const began = performance.now();
  console.log(`e2e-kind: ${what} ...`);
  // A group of its own: Ctrl-C reaches this script alone, which ends the step and then deletes the cluster in peace.
  const options = { cwd: Root, stdio: 'inherit', detached: true, env: { ...env, KUBECONFIG: settings.kubeconfig } } as const;
  running = spawn(command, args, options);
  const [status, signal]: unknown[] = await once(running, 'close');
  running = undefined;
  if (status !== 0) throw new Error(`${what} ended with ${String(status ?? signal)}`);
  console.log(`e2e-kind: ${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
}

function interrupt(signal: NodeJS.Signals): void {
  if (interruptedBy !== undefined) return console.log(`e2e-kind: ${signal}: already ending`);
  interruptedBy = signal;
  if (running?.pid !== undefined) process.kill(-running.pid, signal);
}

async function runSteps(): Promise<number> {
  try {
    for (const step of steps(settings)) {
      if (interruptedBy !== undefined) throw new Error(`interrupted by ${interruptedBy}`);
      await perform(step);
    }
    return 0;
  } catch (err) {
    return complain(err);
  } finally {
    // From here on nothing is interrupted: the cluster has to go.
    interruptedBy ??= 'the end';
  }
}

async function remove(): Promise<void> {
  if (given('KEEP', '') === '') return perform(removal(settings));
  console.log(
    `e2e-kind: KEEP is set: the cluster stays, with KUBECONFIG=${settings.kubeconfig}; delete it with: ${line(removal(settings))}`,
  );
}

async function refuseLeftover(kind: string): Promise<void> {
  const clusters = await run(kind, ['get', 'clusters']);
  if (clusters.split('\n').includes(Cluster))
    throw new Error(`a cluster ${Cluster} of an earlier run is there; delete it with: ${line(removal(settings))}`);
}

const line = ({ command, args }: Step): string => [command, ...args].join(' ');

function complain(err: unknown): number {
  console.error(`e2e-kind: ${err instanceof Error ? err.message : String(err)}`);
  return 1;
}

async function main(): Promise<number> {
  if (given('DRY_RUN', '') !== '') {
    for (const step of [...steps(settings), removal(settings)]) console.log(`# ${step.what}\n${line(step)}`);
    return 0;
  }
  await refuseLeftover(await kindNeeds(settings.nodeImage));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const status = await runSteps();
  await remove();
  return status;
}

process.exitCode = await main().catch(complain);
