import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Root } from '../test/parts/installed.ts';
import { removeFolder, runFolder } from '../test/parts/run-folder.ts';
import type { Keep } from './result.ts';
import type { Stage } from './stage.ts';

/** Builds what a cluster runs; answers where it is. */
export function built(): string {
  execFileSync(process.execPath, [join(Root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], { cwd: Root });
  return join(Root, 'dist/src/main.js');
}

/** What the kubelet gives a pod, in a folder of our own. */
export function inCluster({ cluster, token }: Stage, keep: Keep): Record<string, string> {
  const folder = runFolder('serviceaccount');
  keep({ stop: async () => removeFolder(folder) });
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  copyFileSync(cluster.caFile, join(folder, 'ca.crt'));
  const { hostname, port } = new URL(cluster.url);
  // A cache of compiled code, which tests use for the sake of quick starts, would stand in memory.
  return {
    NODE_COMPILE_CACHE: '',
    KUBECONFIG: '',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    AWOOOI_SERVICE_ACCOUNT_DIR: folder,
  };
}
