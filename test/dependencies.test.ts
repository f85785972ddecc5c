import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const Versions = z.record(z.string(), z.string());
const Manifest = z.object({ dependencies: Versions, devDependencies: Versions, allowScripts: z.record(z.string(), z.boolean()) });
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional(), link: z.boolean().optional() }),
  ),
});

const EXACT = /^\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/;
const { dependencies, devDependencies, allowScripts } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
const { packages } = Lock.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
const locked = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);

describe('the packages that are used', () => {
  it('are of one exact version each, those of others included', () => {
    const own = Object.entries({ ...dependencies, ...devDependencies });
    expect(own.filter(([, version]) => !EXACT.test(version))).toEqual([]);
    expect(own.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { version = '' }]) => !EXACT.test(version)).map(([path]) => path)).toEqual([]);
  });

  it('are each known by their content: a registry cannot serve something else under the same version', () => {
    expect(locked.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity)).map(([path]) => path)).toEqual([]);
  });

  it('run no script when they are installed, but for the one that is named', () => {
    expect(Object.keys(allowScripts).filter(name => allowScripts[name])).toEqual(['node']);
  });
});
