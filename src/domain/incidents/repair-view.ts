import type { IncidentRepair } from './incident.ts';

/** A repair as the API shows it. */
export interface RepairView {
  readonly approval_id: string;
  readonly run: string;
  readonly playbook: string;
  readonly summary: string;
  readonly tier: number;
  readonly phase: IncidentRepair['phase'];
  readonly detail: string;
  readonly waits_for: 'approval' | 'people' | null;
  readonly expires_at: string | null;
  readonly by: string | null;
  readonly updated_at: string;
}

export function repairView({ approvalId, run, playbook, summary, tier, phase, detail, ...rest }: IncidentRepair): RepairView {
  return {
    approval_id: approvalId,
    run,
    playbook,
    summary,
    tier,
    phase,
    detail,
    waits_for: rest.waitsFor ?? null,
    expires_at: rest.expiresAt?.toISOString() ?? null,
    by: rest.by ?? null,
    updated_at: rest.updatedAt.toISOString(),
  };
}
