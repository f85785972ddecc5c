import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../parts/cluster.ts';
import { pathOf } from '../parts/installed.ts';

const run = promisify(execFile);

/** The commands that a text shows, each on an indented line of its own. */
export function commandsOf(text: string): readonly string[] {
  return [...text.matchAll(/^ {5}(\S.*)$/gm)].map(([, command = '']) => command);
}

/** Runs a line as a person would, as the admin of this cluster; gives what it printed. */
export async function shell(line: string, { adminKubeconfig }: Cluster): Promise<string> {
  const PATH = [dirname(pathOf('kubectl')), process.env['PATH']].join(':');
  const env = { PATH, KUBECONFIG: adminKubeconfig, KUBECACHEDIR: `${adminKubeconfig}.cache`, KUBERC: 'off' };
  const { stdout } = await run('sh', ['-ec', line], { env, timeout: 60_000 });
  return stdout;
}
