import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../setup/run.ts';
import { productionPackages } from './production-packages.ts';

/** What bundles the program, in the packages of a clone. */
const BUNDLER = ['node_modules/rolldown', 'node_modules/@rolldown', 'node_modules/@oxc-project/types'];

/** Fills `folder` with what .dockerignore lets through, and the clone's own packages: with them, a build needs no package registry. */
export async function contextWithPackages(root: string, folder: string): Promise<void> {
  const wanted = ['Dockerfile', '.dockerignore', ...letThrough(root)];
  for (const path of wanted.filter(one => existsSync(join(root, one)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const packages = [...productionPackages(root).map(one => one.folder), ...BUNDLER];
  // Of a package in a package, its parent has it already.
  const outermost = packages.filter(path => !path.slice(1).includes('/node_modules/'));
  await run('tar', ['--create', '--file', join(folder, 'packages.tar'), '--directory', root, ...outermost]);
}

/** The paths that .dockerignore takes back from its `*`. */
export function letThrough(root: string): string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  return lines.filter(line => line.startsWith('!')).map(line => line.slice(1));
}
