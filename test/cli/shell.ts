import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cacheFolder } from '../parts/installed.ts';
import { program } from '../parts/program.ts';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const WITH_TEST_TELEGRAM = join(import.meta.dirname, 'awoooi.ts');

// Halves what each start computes.
const COMPILED = { NODE_COMPILE_CACHE: join(cacheFolder(), 'compile') };

/** Runs `awoooi` as a process of its own with these variables alone, and gives what it said and how it ended. */
export async function awoooi(
  args: readonly string[],
  { env = {}, stdin = '', nodeFlags = [] }: { env?: Record<string, string>; stdin?: string; nodeFlags?: readonly string[] } = {},
): Promise<Ran> {
  const entry = 'TEST_TELEGRAM_API' in env ? WITH_TEST_TELEGRAM : program();
  // As the script's first line has it: without `--` Node takes --env-file for an option of its own, wherever it stands.
  const child = spawn(process.execPath, [...nodeFlags, '--', entry, ...args], { env: { ...COMPILED, ...env }, stdio: 'pipe' });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { status, stdout, stderr };
}
