import type { RepairRun } from '../../crds/repairrun/kind.ts';
import { hasEnded, nextRunStep } from '../../domain/repair/next-run-step.ts';
import { notBefore } from '../../domain/repair/run-times.ts';
import type { Reconcile } from '../../kube/reconcile.ts';
import { act } from './act.ts';
import type { RunDeps } from './deps.ts';
import { shown } from './shown.ts';
import type { RunTurn } from './turn.ts';

/**
 * Brings one RepairRun on by one phase. An effect comes a turn after its record of intent, and everything is decided on what is recorded: a
 * process that dies leaves nothing behind that the next one does not see.
 */
export function runReconciler(deps: RunDeps): Reconcile<RepairRun> {
  return async function reconcile(run, ctx) {
    const { namespace, name, uid, deletionTimestamp } = run.metadata;
    const key = `${namespace}/${name}`;
    if (deletionTimestamp !== undefined) {
      // Whoever deletes a run stops it: what is under way in the cluster goes on without it.
      deps.forget(key);
      return {};
    }
    if (run.status?.startedAt === undefined) deps.ledger.release(uid);
    if (hasEnded(run.status?.phase)) deps.counted.delete(key);
    const { playbookRef } = run.spec;
    const playbook = deps.ports.objects
      .playbooks()
      .find(({ metadata }) => metadata.namespace === namespace && metadata.name === playbookRef.name);
    const turn: RunTurn = { key, run, playbook, now: notBefore(ctx.now(), run.status), deps, ctx };
    const step = nextRunStep(turn);
    return shown(turn, await act(turn, step));
  };
}
