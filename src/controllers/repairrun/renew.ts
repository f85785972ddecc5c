import { renewedName } from '../../domain/repair/renewed-name.ts';
import { expire } from './finish.ts';
import type { RunOutcome, RunTurn } from './turn.ts';

/** The playbook is another than what people were asked about: a new run asks again, and this one is void. */
export async function renew(turn: RunTurn): Promise<RunOutcome> {
  const { run, playbook, deps, ctx } = turn;
  const { namespace, name } = run.metadata;
  const changed = `RepairPlaybook ${run.spec.playbookRef.name} was changed while the run waited`;
  const hash = playbook?.status?.hash;
  const spec = playbook && (await deps.ports.specs.again(run, playbook, ctx.signal));
  if (!spec || hash === undefined || playbook.spec.suspend) {
    return expire(turn, { reason: 'PlaybookChanged', message: `${changed}, and no run can be made of it as it is now.` });
  }
  const next = renewedName(name, hash);
  ctx.fence();
  // Before this run says that it is void: made twice, it is one. Decisions were on the playbook as it was.
  const fresh = { ...spec, playbookHash: hash, approvals: [] };
  await deps.ports.objects.create({ namespace, name: next, playbook: playbook.metadata.name, spec: fresh }, ctx.signal);
  return expire(turn, { reason: 'PlaybookChanged', message: `${changed}: RepairRun ${next} asks again.` });
}
