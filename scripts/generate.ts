import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { chartValueFiles } from './chart/generated.ts';
import { generatedFiles } from './generated-files.ts';

/** Writes every generated file of the repository; a file that is already right is left alone. */
const ROOT = join(import.meta.dirname, '..');

// The plain manifests are rendered from the chart: its values have to be there before.
write(chartValueFiles());
write(generatedFiles(ROOT));

function write(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = join(ROOT, path);
    if (present(file) === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${relative(ROOT, file)}`);
  }
}

function present(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
