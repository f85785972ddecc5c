import { join } from 'node:path';
import type { ClusterAccess } from './cluster.ts';
import { eventually } from './eventually.ts';
import { Root } from './installed.ts';
import { kubectl } from './kubectl.ts';

/**
 * Applies a folder of `config/` and waits until the API server serves its kinds. Test files that share a control plane may do so at the
 * same time: they apply the same.
 */
export async function installConfig({ adminKubeconfig }: ClusterAccess, folder: 'config' | 'config/crd' | 'config/rbac'): Promise<void> {
  const kubeconfig = adminKubeconfig;
  await kubectl(['apply', '--server-side', '--force-conflicts', '-k', join(Root, folder)], { kubeconfig });
  if (folder === 'config/rbac') return;
  await Promise.all(['alertchainprobes', 'signozalertrules', 'repairplaybooks', 'repairruns'].map(plural => served(plural, kubeconfig)));
}

/** `kubectl wait` fails at once on a definition that has no conditions yet. */
async function served(plural: string, kubeconfig: string): Promise<void> {
  await eventually(() => kubectl(['get', '--raw', `/apis/awoooi.io/v1alpha1/${plural}?limit=1`], { kubeconfig }), {
    withinMs: 30_000,
    everyMs: 100,
  });
}
