import { customResourceDefinition } from '../../src/crds/generate/custom-resource-definition.ts';
import { REPAIR_PLAYBOOK } from '../../src/crds/repairplaybook/kind.ts';
import { RepairPlaybookSpec } from '../../src/crds/repairplaybook/spec.ts';
import { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';
import type { ClusterAccess } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';
import { kubectl } from '../parts/kubectl.ts';

/** The kind RepairPlaybook of this code, served by a control plane. */
export async function installPlaybooks({ adminKubeconfig: kubeconfig }: ClusterAccess): Promise<void> {
  const definition = customResourceDefinition({
    names: REPAIR_PLAYBOOK,
    description: 'A repair, and when it may be done.',
    spec: RepairPlaybookSpec,
    status: RepairPlaybookStatus,
    columns: [],
  });
  await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { kubeconfig, input: JSON.stringify(definition) });
  const served = () => kubectl(['get', '--raw', '/apis/awoooi.io/v1alpha1/repairplaybooks?limit=1'], { kubeconfig });
  await eventually(served, { withinMs: 30_000, everyMs: 100 });
}
