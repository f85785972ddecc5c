import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { CliDeps, Output } from '../cli/deps.ts';
import type { Surroundings } from '../config/surroundings.ts';
import { openRun, TELEGRAM_API } from './cli-session.ts';
import { VERSION } from './version.ts';

export interface CliParts extends Pick<CliDeps, 'operator' | 'openTrigger' | 'signal'> {
  readonly surroundings: Surroundings;
  /** Another one for tests. */
  readonly telegramApi?: string;
}

/** The commands' world: this process's streams, files and clock. */
export function cliDeps({ surroundings, telegramApi = TELEGRAM_API, ...commands }: CliParts): CliDeps {
  return {
    ...commands,
    version: VERSION,
    env: surroundings.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    readText: path => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    openRun: env => openRun(env, { readFile: surroundings.readFile, telegramApi }),
    // Sorts by time among the tokens that people and pipelines set, and is told from them.
    newRunToken: () => `cli-${new Date().toISOString()}`,
    monotonic: () => performance.now(),
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return { write: words => void stream.write(words), isTTY: stream.isTTY };
}
