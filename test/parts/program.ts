import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../scripts/image/bundle.ts';
import { Root } from './installed.ts';

/** In the clone, where the packages that it imports are found; git leaves it alone. */
const FOLDER = join(Root, 'dist/program');
const MAIN = 'main.js';
const BUNDLED = 'AWOOOI_BUNDLED_PROGRAM';

/**
 * Bundles the program as the image has it, for all processes that this one starts: from a handful of files it starts in half the
 * processor time that its eight hundred sources take.
 */
export async function bundleProgram(): Promise<void> {
  mkdirSync(join(Root, 'dist'), { recursive: true });
  const fresh = mkdtempSync(join(Root, 'dist/fresh-'));
  await bundle(Root, fresh);
  mkdirSync(FOLDER, { recursive: true });
  // File by file, and the one that is started last: another run of the same clone may have begun.
  const files = readdirSync(fresh).filter(file => file !== MAIN);
  for (const file of [...files, MAIN]) renameSync(join(fresh, file), join(FOLDER, file));
  rmSync(fresh, { recursive: true });
  process.env[BUNDLED] = join(FOLDER, MAIN);
}

/** What starts `awoooi`: the bundle of this run of the tests, and outside of one the source. */
export function program(): string {
  const bundled = process.env[BUNDLED];
  return bundled !== undefined && existsSync(bundled) ? bundled : join(Root, 'src/main.ts');
}
