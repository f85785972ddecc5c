import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { Decision } from '../../crds/repairrun/spec.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';
import { proposedRun } from '../playbook/offer.ts';
import type { Decided, Decider, Decisions } from '../ports/decisions.ts';
import type { RepairObjects } from '../ports/repair-objects.ts';
import { decideRun, latenessOf, mayDecide, runOfApproval } from './decide-run.ts';

export interface DecisionsDeps {
  readonly objects: RepairObjects;
  readonly now: () => Date;
}

/** Decisions about the runs of this cluster. */
export function decisions({ objects, now }: DecisionsDeps): Decisions {
  async function decided(approvalId: string, of: Decider & { readonly decision: Decision }, signal: AbortSignal): Promise<Decided> {
    const { is, run } = await decideRun({ objects }, { approvalId, ...of }, signal);
    switch (is) {
      case 'recorded':
      case 'repeated':
        return { is: 'recorded' };
      case 'missing':
        return { is: 'gone' };
      case 'not-an-approver':
        return { is };
      case 'late':
        return tooLate(run, { objects, now });
    }
  }

  return {
    incidentOf: approvalId => runOfApproval(objects, approvalId)?.spec.incidentId,
    approve: (approvalId, by, signal) => decided(approvalId, { ...by, decision: 'Approve' }, signal),
    reject: (approvalId, by, signal) => decided(approvalId, { ...by, decision: 'Reject' }, signal),
    async answer(approvalId, { by, helped }, signal) {
      const run = runOfApproval(objects, approvalId);
      if (!run) return { is: 'gone' };
      if (!mayDecide(run, by)) return { is: 'not-an-approver' };
      const answered = await objects.answer(run.metadata, { by, helped }, signal);
      if (answered === 'missing') return { is: 'gone' };
      return { is: answered === 'late' ? 'over' : 'recorded' };
    },
    async propose({ incident, mark }, signal) {
      const known = { playbooks: () => objects.playbooks(), runs: () => objects.runs(), now };
      const proposed = proposedRun(incident, mark, known);
      if (proposed.is === 'at-work') return { is: 'at-work' };
      if (proposed.is !== 'run') return proposed;
      await objects.create(proposed.run, signal);
      return { is: 'proposed', playbook: proposed.run.playbook };
    },
  };
}

function tooLate(run: RepairRun, { objects, now }: DecisionsDeps): Decided {
  const is = latenessOf(run, objects, now());
  if (is === 'approved') return { is, by: whoSaid(run, 'Approve') };
  return is === 'rejected' ? { is, by: whoSaid(run, 'Reject') } : { is };
}

function whoSaid({ status }: RepairRun, decision: Decision): string {
  const names = status?.approvals?.filter(each => each.decision === decision).map(nameOf) ?? [];
  return names.length > 0 ? names.join(', ') : '?';
}

function nameOf({ by, name }: RecordedApproval): string {
  return name === undefined ? by : `${name} (${by})`;
}
