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

/** What docs/gitops.md has to take over. */
export const GITOPS = ['examples/gitops', 'examples/gates'];
/** Pipelines and values: read by other programs than the API server. */
const NO_MANIFESTS = ['gates/github-actions.yaml', 'gates/gitlab-ci.yaml', 'alertmanager/kube-prometheus-stack-values.yaml'];

/** Every file of these folders with objects for a cluster. */
export function exampleFiles(folders: readonly string[] = [...GITOPS, 'examples/alertmanager']): string[] {
  const all = folders.flatMap(folder =>
    readdirSync(join(Root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
  );
  return all.filter(path => path.endsWith('.yaml') && !NO_MANIFESTS.some(name => path.endsWith(name)));
}
