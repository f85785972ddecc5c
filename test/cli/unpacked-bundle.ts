import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';

const Manifest = z.object({
  format: z.literal('awoooi-support-bundle/v1'),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string(), notes: z.array(z.string()).optional() })),
  errors: z.array(z.object({ part: z.string(), problem: z.string() })),
});

export interface Unpacked {
  readonly manifest: z.infer<typeof Manifest>;
  /** By path, without the folder that all of them are in. */
  readonly files: ReadonlyMap<string, string>;
}

/** What is in an archive, unpacked into a fresh folder below this one. */
export function unpacked(archive: string, folder: string): Unpacked {
  const into = join(folder, `unpacked-${readdirSync(folder).length}`);
  mkdirSync(into);
  const { status, stderr } = spawnSync('tar', ['-xzf', archive, '-C', into], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const [top = ''] = readdirSync(into);
  const paths = readdirSync(join(into, top), { recursive: true, encoding: 'utf8' }).filter(path =>
    statSync(join(into, top, path)).isFile(),
  );
  const files = new Map(paths.map(path => [path, readFileSync(join(into, top, path), 'utf8')]));
  return { manifest: Manifest.parse(JSON.parse(files.get('manifest.json') ?? '')), files };
}
