import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, pathOf, Root } from './installed.ts';

const run = promisify(execFile);

/** The chart of this repository. */
export const CHART = join(Root, 'charts/awoooi-operator');

/** Runs helm and returns its standard output; throws with what it wrote to stderr when it fails. Without a kubeconfig it reaches no cluster. */
export async function helm(args: readonly string[], kubeconfig = '/dev/null'): Promise<string> {
  const { stdout } = await run(pathOf('helm'), args, { env: helmSurroundings(kubeconfig), timeout: 120_000, maxBuffer: 32 * 1024 * 1024 });
  return stdout;
}

/** The environment of helm for whoever starts it. */
export function helmSurroundings(kubeconfig: string): NodeJS.ProcessEnv {
  const home = join(cacheFolder(), 'helm');
  return {
    PATH: process.env['PATH'],
    KUBECONFIG: kubeconfig,
    // Otherwise what it has discovered of a cluster lands in the folder that it runs in.
    KUBECACHEDIR: join(home, 'kube'),
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  };
}
