/** How far an action reaches, 1 the least: restarts, resources, changes of what is deployed, people. */
export const TIERS = [1, 2, 3, 4] as const;
export type Tier = (typeof TIERS)[number];

/** What can be done about an incident, by tier (DESIGN.md section 5). */
export const ACTIONS_BY_TIER = {
  1: ['restart_pod', 'restart_container', 'delete_pod'],
  2: ['scale_up', 'increase_memory', 'increase_cpu', 'adjust_limits'],
  3: ['apply_hotfix', 'update_config', 'patch_deployment', 'rollback'],
  4: ['create_issue', 'notify_team', 'schedule_fix', 'manual_intervention'],
} as const;

export const REPAIR_ACTIONS = [...ACTIONS_BY_TIER[1], ...ACTIONS_BY_TIER[2], ...ACTIONS_BY_TIER[3], ...ACTIONS_BY_TIER[4]] as const;
export type RepairAction = (typeof REPAIR_ACTIONS)[number];

export function isRepairAction(action: string): action is RepairAction {
  const known: readonly string[] = REPAIR_ACTIONS;
  return known.includes(action);
}

/** An action that nobody knows counts as tier 1, as in the formula that recommendations come from. */
export function tierOf(action: string): Tier {
  return TIERS.find(tier => actionsOf(tier).includes(action)) ?? 1;
}

function actionsOf(tier: Tier): readonly string[] {
  return ACTIONS_BY_TIER[tier];
}
