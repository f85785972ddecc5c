import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** Whatever is not a file of ours stays an import: packages lie beside the program as npm installed them. */
const isPackage = (id: string): boolean => !id.startsWith('.') && !id.startsWith('/');

/** Our own eight hundred modules in a handful of files, which load in half the time (docs/adr/0026). Types were checked by `make verify`. */
export async function bundle(root: string, outDir: string): Promise<void> {
  const made = await rolldown({ cwd: root, input: join(root, 'src/main.ts'), platform: 'node', external: isPackage, logLevel: 'warn' });
  await made.write({ dir: outDir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name].js' });
  await made.close();
}
