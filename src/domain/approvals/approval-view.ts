import type { RecordedApproval, RunPhase } from '../../crds/repairrun/status.ts';
import type { DrillApproval } from '../ports/drill-approvals.ts';
import { APPROVAL_STATUSES, type Approval } from './approval.ts';

export const SHOWN_STATUSES = [...APPROVAL_STATUSES, 'withdrawn'] as const;

export interface DecisionView {
  readonly by: string;
  readonly via: RecordedApproval['via'];
  readonly decision: RecordedApproval['decision'];
  readonly reason: string | null;
  readonly name: string | null;
  readonly time: string;
}

/** An approval in the words of the API. Of a drill nothing is run, and what a run would tell is null. */
export interface ApprovalView {
  readonly id: string;
  readonly status: (typeof SHOWN_STATUSES)[number];
  readonly drill: boolean;
  readonly namespace: string | null;
  readonly run: string | null;
  readonly phase: RunPhase | null;
  readonly playbook: string | null;
  readonly incident_id: string | null;
  readonly anomaly_key: string | null;
  readonly alertname: string | null;
  readonly summary: string;
  readonly tier: number | null;
  readonly approvers: string[];
  readonly quorum: number;
  readonly requested_at: string | null;
  readonly expires_at: string | null;
  readonly decisions: DecisionView[];
  readonly message: string | null;
}

export function approvalView(approval: Approval): ApprovalView {
  return {
    id: approval.id,
    status: approval.status,
    drill: false,
    namespace: approval.namespace,
    run: approval.run,
    phase: approval.phase,
    playbook: approval.playbook,
    incident_id: approval.incidentId ?? null,
    anomaly_key: approval.anomalyKey ?? null,
    alertname: approval.alertname ?? null,
    summary: approval.summary,
    tier: approval.tier,
    approvers: [...approval.approvers],
    quorum: approval.quorum,
    requested_at: approval.requestedAt ?? null,
    expires_at: approval.expiresAt ?? null,
    decisions: approval.decisions.map(decisionView),
    message: approval.message ?? null,
  };
}

/** The newest first. */
export function inOrderOfAsking(approvals: readonly ApprovalView[]): ApprovalView[] {
  const keyOf = ({ requested_at, id }: ApprovalView): string => `${requested_at ?? ''} ${id}`;
  return approvals.toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}

export function drillApprovalView(drill: DrillApproval): ApprovalView {
  return {
    id: drill.id,
    status: drill.status,
    drill: true,
    namespace: null,
    run: null,
    phase: null,
    playbook: null,
    incident_id: null,
    anomaly_key: null,
    alertname: null,
    summary: 'A drill: nobody is asked, and nothing is done.',
    tier: null,
    approvers: [],
    quorum: 1,
    requested_at: drill.requestedAt.toISOString(),
    expires_at: drill.expiresAt.toISOString(),
    decisions: drillDecisions(drill),
    message: null,
  };
}

function decisionView({ by, via, decision, reason, name, time }: RecordedApproval): DecisionView {
  return { by, via, decision, reason: reason ?? null, name: name ?? null, time };
}

function drillDecisions({ status, decided }: DrillApproval): DecisionView[] {
  if (!decided) return [];
  const decision = status === 'approved' ? 'Approve' : 'Reject';
  const reason = status === 'withdrawn' ? 'withdrawn' : null;
  return [{ by: decided.by, via: 'api', decision, reason, name: null, time: decided.at.toISOString() }];
}
