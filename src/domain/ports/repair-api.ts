import type { ApprovalView } from '../approvals/approval-view.ts';
import type { PauseView } from '../approvals/pause-view.ts';

export type ApprovalFilter = ApprovalView['status'] | 'all';

/** Repairs of a running operator, for somebody outside its cluster. Failures are PortErrors; every call may be repeated. */
export interface RepairApi {
  /** Those with an approval, newest first. */
  approvals(status: ApprovalFilter, signal: AbortSignal): Promise<readonly ApprovalView[]>;
  pause(reason: string, signal: AbortSignal): Promise<PauseView>;
  /** Withdraws the caller's own wish for a pause; what is left is told. */
  resume(signal: AbortSignal): Promise<PauseView>;
  paused(signal: AbortSignal): Promise<PauseView>;
}
