import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { hasEnded } from '../../domain/repair/next-run-step.ts';

/** Keys of the runs to be turned when this playbook changes: those that have not ended, for which it may mean that they are void. */
export function runsOfPlaybook(runs: readonly RepairRun[], playbookKey: string): readonly string[] {
  return runs
    .filter(({ metadata, spec, status }) => `${metadata.namespace}/${spec.playbookRef.name}` === playbookKey && !hasEnded(status?.phase))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}
