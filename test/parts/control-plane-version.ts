import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const Tools = join(import.meta.dirname, '../../tools');
const Default = 'control-plane';

/** A folder of `tools/` whose go.mod pins what is built from it. */
export type ToolsFolder = 'control-plane' | `control-plane-${string}` | 'kwok' | 'kind';

/** The version of a Go module as `tools/<folder>/go.mod` pins it, without the `v`. */
export function pinned(folder: ToolsFolder, module: string): string {
  const file = join(Tools, folder, 'go.mod');
  const version = readFileSync(file, 'utf8').match(new RegExp(`^\\s*(?:require )?${module} v(\\S+)`, 'm'))?.[1];
  if (version === undefined) throw new Error(`${file} pins no ${module}`);
  return version;
}

/** Where the version of Kubernetes is pinned that K8S asks for (`1.34`), by default the one that all tests run on. */
export function kubernetesFolder(asked = process.env['K8S'] ?? ''): ToolsFolder {
  if (asked === '' || asked === minorOf(Default)) return Default;
  const folder = knownFolders().find(name => name !== Default && minorOf(name) === asked);
  if (folder !== undefined) return folder;
  const others = knownFolders().map(name => (name === Default ? `${minorOf(name)} (the default)` : minorOf(name)));
  throw new Error(
    `K8S=${asked} is no version of Kubernetes that this clone can build. Give one of ${others.toSorted().join(', ')}, ` +
      'or pin another one with tools/pin-control-plane.sh.',
  );
}

/** The minor version that a folder pins: `1.34`. */
function minorOf(folder: ToolsFolder): string {
  return pinned(folder, 'k8s.io/kubernetes').split('.', 2).join('.');
}

/** Every folder that pins a Kubernetes. */
export function knownFolders(): readonly ToolsFolder[] {
  return readdirSync(Tools).filter((name): name is ToolsFolder => name === Default || name.startsWith(`${Default}-`));
}
