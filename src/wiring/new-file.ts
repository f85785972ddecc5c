import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, rename, stat, unlink } from 'node:fs/promises';
import type { NewFile, Opened } from '../cli/deps.ts';

/** A file that comes into its place whole or not at all; `-` is standard output. */
export async function newFile(path: string, { force }: { readonly force: boolean }): Promise<Opened<NewFile>> {
  if (path === '-') return { ok: true, value: { keep: toStandardOutput, discard: async () => {} } };
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) return { ok: false, problems: [`${path} is a folder: name a file`] };
  if (there && !force) return { ok: false, problems: [taken(path)] };
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  try {
    const file = await open(partial, 'wx', 0o600);
    return { ok: true, value: begun(file, { partial, path, force }) };
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    return { ok: false, problems: [`${path} cannot be written: ${why}; name a file in a folder that exists and that you may write to`] };
  }
}

function begun(file: FileHandle, { partial, path, force }: { partial: string; path: string; force: boolean }): NewFile {
  const discard = async (): Promise<void> => {
    await file.close().catch(() => {});
    await unlink(partial).catch(() => {});
  };
  return {
    async keep(content) {
      try {
        await file.writeFile(content);
        await file.sync();
        if (force) await rename(partial, path);
        else await placed(partial, path);
      } finally {
        await discard();
      }
    },
    discard,
  };
}

/** Unlike a rename, a link replaces nothing. Some file systems have none. */
async function placed(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path);
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined;
    if (code === 'EEXIST') throw new Error(taken(path), { cause: err });
    await rename(partial, path);
  }
}

function taken(path: string): string {
  return `${path} is there already: name another file, or replace it with --force`;
}

function toStandardOutput(content: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(content, err => (err ? reject(err) : resolve()));
  });
}
