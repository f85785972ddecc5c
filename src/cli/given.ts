import { parseEnv } from 'node:util';
import { type CliDeps, type Environment, EXIT, type Opened } from './deps.ts';
import type { TextFile } from './yaml-file.ts';

/** The environment, and below it what the file adds: a variable that is set already wins, and an empty one is not set. */
export async function environment(envFile: string | undefined, deps: CliDeps): Promise<Opened<Environment>> {
  if (envFile === undefined) return { ok: true, value: deps.env };
  const text = await readable(envFile, deps);
  if (!text.ok) return text;
  const added = Object.entries(parseEnv(text.value)).filter(([name]) => (deps.env[name] ?? '').trim() === '');
  return { ok: true, value: { ...deps.env, ...Object.fromEntries(added) } };
}

export async function readable(path: string, { readText }: Pick<CliDeps, 'readText'>): Promise<Opened<string>> {
  try {
    return { ok: true, value: await readText(path) };
  } catch (err) {
    return { ok: false, problems: [`${path}: the file cannot be read: ${reason(err)}`] };
  }
}

/** The files that these paths name, of a folder those that kubectl would take; or of each that cannot be read, why. */
export async function textFiles(paths: readonly string[], { readText, filesAt }: CliDeps): Promise<Opened<readonly TextFile[]>> {
  const files: TextFile[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    try {
      for (const name of await filesAt(path)) files.push({ name, text: await readText(name) });
    } catch (err) {
      problems.push(`${path}: the file cannot be read: ${reason(err)}`);
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: files };
}

export function refused(problems: readonly string[], { stderr }: Pick<CliDeps, 'stderr'>): number {
  for (const problem of problems) stderr.write(`${shown(problem)}\n`);
  return EXIT.wrongInput;
}

/** A name in a file, or of SigNoz, may hold what steers a terminal. Lines stay, for a caret stands under what it points at. */
function shown(text: string): string {
  return text.replaceAll(/[^\n\P{Cc}]|[\p{Zl}\p{Zp}\p{Bidi_C}]/gu, '\ufffd');
}

function reason(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
