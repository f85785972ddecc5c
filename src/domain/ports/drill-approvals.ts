export const DRILL_APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'withdrawn'] as const;
export type DrillApprovalStatus = (typeof DRILL_APPROVAL_STATUSES)[number];

/** An approval that is asked for to see whether one can be: nobody is told of it, and nothing comes of it. */
export interface DrillApproval {
  readonly id: string;
  readonly status: DrillApprovalStatus;
  /** Who asked for it. */
  readonly by: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  /** Who ended it, and when. */
  readonly decided?: { readonly by: string; readonly at: Date };
}

/** Approvals of drills. Each ends by itself, for its asker may be killed before it knows the id. Failures are PortErrors. */
export interface DrillApprovals {
  /** Asked for twice under one id, it is one. */
  request(drill: { readonly id: string; readonly by: string; readonly ttlMs: number }, signal: AbortSignal): Promise<DrillApproval>;
  /** Undefined where there is none, or not any more. */
  find(id: string, signal: AbortSignal): Promise<DrillApproval | undefined>;
  /**
   * The first decision stands; withdrawing ends it whatever was decided. Resolves with how it stands then, undefined where there is none, or
   * not any more.
   */
  decide(
    id: string,
    of: { readonly status: Exclude<DrillApprovalStatus, 'pending'>; readonly by: string },
    signal: AbortSignal,
  ): Promise<DrillApproval | undefined>;
}
