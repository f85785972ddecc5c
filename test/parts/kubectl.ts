import { spawn } from 'node:child_process';
import { pathOf } from './installed.ts';

export interface KubectlResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** A kubeconfig file, for example `cluster.adminKubeconfig`. */
  readonly kubeconfig: string;
  /** Given on stdin, for `-f -`. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Runs kubectl and returns its standard output. Throws with what it wrote to stderr when it fails. */
export async function kubectl(args: readonly string[], options: KubectlOptions): Promise<string> {
  const { status, stdout, stderr } = await tryKubectl(args, options);
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}

/** As `kubectl`, for commands that are meant to fail. */
export function tryKubectl(args: readonly string[], { kubeconfig, input, timeoutMs = 60_000 }: KubectlOptions): Promise<KubectlResult> {
  return new Promise((resolve, reject) => {
    // Otherwise its discovery cache lands in the home folder, and a personal kuberc changes what it does.
    const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: `${kubeconfig}.cache`, KUBERC: 'off' };
    const child = spawn(pathOf('kubectl'), args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', code => resolve({ status: code ?? -1, stdout, stderr }));
    // A kubectl that ends before it has read its input is reported by its status, not by the broken pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
