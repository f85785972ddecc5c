import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One package of package-lock.json that is needed at run time. */
export interface LockedPackage {
  /** Its folder, relative to the clone: `node_modules/…`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** As npm writes it: `sha512-` and base64. */
  readonly integrity: string;
  /** Names that it asks for, whether or not they are there. */
  readonly asksFor: readonly string[];
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const FOLDER = 'node_modules/';

/** Declarations of types: packages list them among what they need, and nothing of them runs. */
const TYPES_ALONE = /^@types\/|^undici-types$/;

/** What the image holds and the SBOM lists, by folder: everything in the lock file that is neither for development nor types alone. */
export function productionPackages(root: string): LockedPackage[] {
  const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([folder, { dev, devOptional }]) => folder !== '' && dev !== true && devOptional !== true)
    .map(([folder, entry]) => lockedPackage(folder, entry))
    .filter(({ name }) => !TYPES_ALONE.test(name))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

function lockedPackage(folder: string, { version, license, integrity, ...entry }: LockEntry): LockedPackage {
  if (version === undefined || integrity === undefined) {
    throw new Error(`package-lock.json has no version or no integrity for ${folder}: run npm install and commit it`);
  }
  return {
    folder,
    name: folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length),
    version,
    ...(license !== undefined && { license }),
    integrity,
    asksFor: Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }),
  };
}
