import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { productionPackages } from './production-packages.ts';
import { sbom } from './sbom.ts';

export const PROGRAM = '/app/dist/src/main.js';

/** Packages bring types, sources, maps and pages along; a running program reads nothing of that. */
const UNREAD = /\.(?:[cm]?ts|map|md|markdown|flow|tsbuildinfo)$|\.test\.[cm]?js$/i;
const UNREAD_FOLDER = /^(?:tests?|__tests__|bench(?:mark)?s?|examples?|docs?|\.github)$/;
/** Their licences ask to come along. */
const LICENCE = /^(?:licen[cs]e|notice|copying)/i;
/** A package in a package has an entry of its own in the lock file. */
const NESTED = /(?:^|\/)node_modules$/;

/**
 * Writes everything that the image adds to its base below `out`, which must not exist: the program, the packages that it needs at run time,
 * the licence and the list of all that. The Dockerfile runs this, and so do tests, which need no Docker.
 */
export async function assemble(root: string, out: string): Promise<void> {
  if (existsSync(out)) throw new Error(`${out} is there already: remove it, or name another folder`);
  const app = join(out, 'app');
  await bundle(root, join(app, 'dist/src'));
  for (const { folder } of productionPackages(root)) copyPackage(join(root, folder), join(app, folder));
  const { name, version, license, type }: Record<string, unknown> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(app, 'package.json'), `${JSON.stringify({ name, version, license, type })}\n`);
  copyFileSync(join(root, 'LICENSE'), join(app, 'LICENSE'));
  writeFileSync(join(app, 'sbom.cdx.json'), sbom(root));
  onThePath(out);
  readableByAll(out);
}

function copyPackage(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is not there: run make setup`);
  cpSync(from, to, { recursive: true, filter: path => path === from || isKept(relative(from, path)) });
}

function isKept(path: string): boolean {
  if (NESTED.test(path) || UNREAD_FOLDER.test(path)) return false;
  return LICENCE.test(basename(path)) || !UNREAD.test(path);
}

/** Who runs it owns nothing of it, and whoever builds it may have any umask. */
export function readableByAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) readableByAll(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o111 ? 0o755 : 0o644);
  }
}

/** For `kubectl exec … -- awoooi`, where the base has env. */
function onThePath(out: string): void {
  chmodSync(join(out, PROGRAM), 0o755);
  mkdirSync(join(out, 'usr/local/bin'), { recursive: true });
  symlinkSync(PROGRAM, join(out, 'usr/local/bin/awoooi'));
}

if (import.meta.main) {
  const [out] = process.argv.slice(2);
  if (out === undefined) throw new Error('name the folder to write: node scripts/image/assemble.ts <folder>');
  await assemble(join(import.meta.dirname, '../..'), resolve(out));
}
