import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { Root } from '../parts/installed.ts';

export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The objects of one file of examples. */
export function manifestsOf(path: string): Manifest[] {
  // Flux puts a Secret's value there before it applies (postBuild.substituteFrom).
  return manifestsIn(readFileSync(join(Root, path), 'utf8').replaceAll(`\${AWOOOI_API_TOKEN}`, 'a-token'));
}

export function manifestsIn(text: string): Manifest[] {
  return parseAllDocuments(text).map(document => Manifest.parse(document.toJS()));
}

const FOLDERS = ['examples/gitops', 'examples/gates', 'examples/alertmanager'];
/** Pipelines and values: read by other programs than the API server. */
const NO_MANIFESTS = ['gates/github-actions.yaml', 'gates/gitlab-ci.yaml', 'alertmanager/kube-prometheus-stack-values.yaml'];

/** Every file with objects for a cluster. */
export function exampleFiles(): string[] {
  const all = FOLDERS.flatMap(folder =>
    readdirSync(join(Root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
  );
  return all.filter(path => path.endsWith('.yaml') && !NO_MANIFESTS.some(name => path.endsWith(name)));
}
