import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const OBJECTS = /\.(ya?ml|json)$/;

/** The path itself or, of a folder, the paths of the files in it that kubectl would apply, in the order of their names. */
export async function filesAt(path: string): Promise<readonly string[]> {
  if (path === '-' || !(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter(entry => !entry.isDirectory() && OBJECTS.test(entry.name)).map(({ name }) => name);
  return names.toSorted().map(name => join(path, name));
}
