import { customResourceDefinition } from '../../src/crds/generate/custom-resource-definition.ts';
import { REPAIR_RUN } from '../../src/crds/repairrun/kind.ts';
import { RepairRunSpec } from '../../src/crds/repairrun/spec.ts';
import { RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import type { Cluster } from '../parts/cluster.ts';
import { eventually } from '../parts/eventually.ts';

/** The kind RepairRun, served when this resolves. */
export async function installRepairRuns(cluster: Cluster): Promise<void> {
  const definition = { names: REPAIR_RUN, description: 'One execution of a playbook.', spec: RepairRunSpec, status: RepairRunStatus };
  const body = customResourceDefinition({ ...definition, columns: [] });
  await cluster.request('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { method: 'POST', body });
  await eventually(async () => (await cluster.request('/apis/awoooi.io/v1alpha1/repairruns?limit=1')).status === 200, {
    withinMs: 30_000,
  });
}
