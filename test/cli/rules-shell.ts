import { awoooi } from '../../src/cli/program.ts';
import { closedCli } from '../builders/closed-cli.ts';
import { openSignoz } from '../../src/wiring/cli-session.ts';
import { filesAt } from '../../src/wiring/files-at.ts';
import { readText } from '../../src/wiring/read-text.ts';
import type { Ran } from './shell.ts';
import { screen } from './screen.ts';

interface Shell {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly isTTY?: boolean;
}

/** `awoooi rules …` in this process, with the sessions of the program. */
export async function rules(args: readonly string[], { env = {}, stdin = '', isTTY = false }: Shell = {}): Promise<Ran> {
  const [stdout, stderr] = [screen({ isTTY }), screen({ isTTY })];
  const status = await awoooi(
    ['rules', ...args],
    closedCli({
      env,
      stdout,
      stderr,
      readText: async path => (path === '-' ? stdin : readText(path)),
      filesAt,
      openSignoz: given => openSignoz({ env: given, readFile: () => '' }),
    }),
  );
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}
