import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { summaryOf } from '../../domain/playbook/summary.ts';
import { tierOfSteps } from '../../domain/repair/steps-of.ts';
import { plain, whole } from './columns.ts';

/** What a run will do, before anybody decides. */
export function runPlan({ metadata, spec, status }: RepairRun): string {
  const { approvers, quorum } = spec.approval;
  const lines = [
    `${metadata.namespace}/${metadata.name}: ${spec.dryRun ? 'a dry run of ' : ''}playbook ${plain(spec.playbookRef.name)}, tier ${tierOfSteps(spec.steps)}`,
    ...(spec.alertname === undefined
      ? []
      : [`  for ${plain(spec.alertname)}${spec.incidentId === undefined ? '' : ` (${plain(spec.incidentId)})`}`]),
    ...spec.steps.map((step, at) => `  ${at + 1}. ${plain(summaryOf([step]))}${given(step.parameters)}`),
    `  ${quorum === 1 ? 'one approval' : `${quorum} approvals`}${approvers.length === 0 ? '' : ` of ${approvers.map(name => plain(name)).join(', ')}`}${
      status?.expiresAt === undefined ? '' : `, until ${status.expiresAt}`
    }`,
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** Where a run stands, in one sentence. */
export function runStanding({ status }: RepairRun): string {
  const phase = status?.phase ?? 'not looked at by the operator yet';
  return status?.message === undefined ? phase : `${phase}, ${whole(status.message)}`;
}

function given(parameters: object): string {
  return Object.keys(parameters).length === 0 ? '' : ` ${whole(JSON.stringify(parameters))}`;
}
