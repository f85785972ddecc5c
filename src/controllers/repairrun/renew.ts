import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { stepsHash } from '../../domain/playbook/playbook-hash.ts';
import type { Difference } from '../../domain/repair/difference.ts';
import { renewedName } from '../../domain/repair/renewed-name.ts';
import { expire } from './finish.ts';
import type { RunOutcome, RunTurn } from './turn.ts';

/** The playbook is another than what people were asked about: a new run asks again, and this one is void. */
export async function renew(turn: RunTurn): Promise<RunOutcome> {
  const { run, playbook } = turn;
  const hash = playbook?.status?.hash;
  const because = { reason: 'PlaybookChanged', message: `RepairPlaybook ${run.spec.playbookRef.name} was changed since the run was made` };
  return again(turn, because, hash === undefined ? undefined : () => hash);
}

/** An incident holds the labels of its newest alert: they may have moved on to another pod since the run was made. */
export async function renewForTarget(turn: RunTurn, { reason, message }: Difference): Promise<RunOutcome> {
  return again(turn, { reason, message: message.replace(/\.$/, '') }, stepsHash);
}

type Because = { readonly reason: string; readonly message: string };

async function again(
  turn: RunTurn,
  { reason, message }: Because,
  markOf: ((spec: RepairRun['spec']) => string) | undefined,
): Promise<RunOutcome> {
  const { run, playbook, deps, ctx } = turn;
  const { namespace, name } = run.metadata;
  const spec = playbook && !playbook.spec.suspend && markOf && (await specOf(turn, playbook));
  if (!spec) return expire(turn, { reason, message: `${message}, and no run can be made of it as it is now.` });
  const next = renewedName(name, markOf(spec));
  ctx.fence();
  // Before this run says that it is void: made twice, it is one. Decisions were on the playbook as it was.
  await deps.ports.objects.create({ namespace, name: next, playbook: playbook.metadata.name, spec }, ctx.signal);
  return expire(turn, { reason, message: `${message}: RepairRun ${next} asks again.` });
}

async function specOf({ run, deps, ctx }: RunTurn, playbook: RepairPlaybook): Promise<RepairRun['spec'] | undefined> {
  const hash = playbook.status?.hash;
  const spec = await deps.ports.specs.again(run, playbook, ctx.signal);
  return spec && hash !== undefined ? { ...spec, playbookHash: hash, approvals: [] } : undefined;
}
