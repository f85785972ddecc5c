import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RecordedApproval, RunPhase } from '../../crds/repairrun/status.ts';
import { summaryOf } from '../playbook/summary.ts';
import { tierOfSteps } from '../repair/steps-of.ts';

export const APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'expired'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** A run as those see it who decide about it. */
export interface Approval {
  readonly id: string;
  readonly status: ApprovalStatus;
  readonly phase: RunPhase;
  readonly namespace: string;
  /** Name of the RepairRun. */
  readonly run: string;
  readonly playbook: string;
  readonly incidentId?: string;
  readonly anomalyKey?: string;
  readonly alertname?: string;
  /** What is done, in one sentence. */
  readonly summary: string;
  readonly tier: number;
  /** Empty: whoever may. */
  readonly approvers: readonly string[];
  readonly quorum: number;
  readonly requestedAt?: string;
  readonly expiresAt?: string;
  readonly decisions: readonly RecordedApproval[];
  /** How the run stands, in one sentence. */
  readonly message?: string;
}

/** Undefined for a run that asks nobody, and for one that nobody has looked at yet. */
export function approvalOf({ metadata, spec, status = {} }: RepairRun): Approval | undefined {
  const { phase, approvalId, requestedAt, expiresAt, message } = status;
  const given = phase === undefined ? undefined : statusOf(phase);
  if (phase === undefined || approvalId === undefined || given === undefined) return undefined;
  return {
    id: approvalId,
    status: given,
    phase,
    namespace: metadata.namespace,
    run: metadata.name,
    playbook: spec.playbookRef.name,
    ...(spec.incidentId !== undefined && { incidentId: spec.incidentId }),
    ...(spec.anomalyKey !== undefined && { anomalyKey: spec.anomalyKey }),
    ...(spec.alertname !== undefined && { alertname: spec.alertname }),
    summary: summaryOf(spec.steps),
    tier: tierOfSteps(spec.steps),
    approvers: spec.approval.approvers,
    quorum: spec.approval.quorum,
    ...(requestedAt !== undefined && { requestedAt }),
    ...(expiresAt !== undefined && { expiresAt }),
    decisions: status.approvals ?? [],
    ...(message !== undefined && { message }),
  };
}

function statusOf(phase: RunPhase): ApprovalStatus | undefined {
  if (phase === 'DryRun') return undefined;
  if (phase === 'AwaitingApproval') return 'pending';
  return phase === 'Rejected' ? 'rejected' : phase === 'Expired' ? 'expired' : 'approved';
}
