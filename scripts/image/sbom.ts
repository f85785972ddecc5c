import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockedPackage, productionPackages } from './production-packages.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** CycloneDX 1.6 in JSON. Two runs on one lock file are the same to the byte: no time, no random number. */
export function sbom(root: string): string {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = productionPackages(root);
  const self = `pkg:npm/${manifest.name}@${manifest.version}`;
  const content = {
    metadata: { component: { type: 'application', ...described(manifest), 'bom-ref': self, purl: self } },
    components: packages.map(component),
    dependencies: [
      { ref: self, dependsOn: found('', Object.keys(manifest.dependencies), packages) },
      ...packages.map(one => ({ ref: refOf(one), dependsOn: found(one.folder, one.asksFor, packages) })),
    ],
  };
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(JSON.stringify(content)), version: 1, ...content };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** A package may be there more than once, in different folders. */
const refOf = ({ folder, version }: LockedPackage): string => `${folder}@${version}`;

function component(one: LockedPackage): object {
  return {
    type: 'library',
    ...described(one),
    'bom-ref': refOf(one),
    purl: `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`,
    hashes: [hashOf(one.integrity)],
  };
}

function described({ name, version, license }: { name: string; version: string; license?: string }): object {
  const [group, rest] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    ...(group !== undefined && { group }),
    name: rest,
    version,
    ...(license !== undefined && { licenses: [licenceOf(license)] }),
  };
}

/** `MIT` is the id of a licence; `(MIT OR Apache-2.0)` is an expression of them. */
function licenceOf(license: string): object {
  return /[\s(]/.test(license) ? { expression: license } : { license: { id: license } };
}

function hashOf(integrity: string): object {
  const [algorithm = '', digest = ''] = integrity.split('-', 2);
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') };
}

/** Where Node finds each name from a folder: in the nearest node_modules on the way up. What is not there was optional. */
function found(folder: string, names: readonly string[], packages: readonly LockedPackage[]): string[] {
  return names.flatMap(name => nearest(folder, name, packages) ?? []).toSorted();
}

function nearest(folder: string, name: string, packages: readonly LockedPackage[]): string | undefined {
  const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
  const here = packages.find(one => one.folder === place);
  if (here) return refOf(here);
  if (folder === '') return undefined;
  const up = folder.lastIndexOf('/node_modules/');
  return nearest(up === -1 ? '' : folder.slice(0, up), name, packages);
}

/** An id that is that of the content: a version 8 UUID, the kind that is left to whoever makes it (RFC 9562). */
function serialOf(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (import.meta.main) process.stdout.write(sbom(join(import.meta.dirname, '../..')));
