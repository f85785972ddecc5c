import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knownFolders, kubernetesFolder, pinned } from './control-plane-version.ts';
import { Root } from './installed.ts';

it.each(knownFolders())('%s pins one Kubernetes, all of its parts in the same version', folder => {
  const version = pinned(folder, 'k8s.io/kubernetes');
  const goMod = readFileSync(join(Root, 'tools', folder, 'go.mod'), 'utf8');
  const releases = [...goMod.matchAll(/^\t(k8s\.io\/\S+) => (\S+) v(\S+)$/gm)];
  expect(releases.length).toBeGreaterThan(25);
  for (const [, staging, release, of] of releases) expect([release, of]).toEqual([staging, version.replace(/^1/, '0')]);
  expect(kubernetesFolder(version.split('.', 2).join('.'))).toBe(folder);
});

it('takes the pinned version of control-plane by default', () => {
  expect(kubernetesFolder('')).toBe('control-plane');
});
