/** What can be done about an incident, by how far it reaches: restarts, resources, changes of what is deployed, people (DESIGN.md section 5). */
export const ACTIONS_BY_TIER = {
  1: ['restart_pod', 'restart_container', 'delete_pod'],
  2: ['scale_up', 'increase_memory', 'increase_cpu', 'adjust_limits'],
  3: ['apply_hotfix', 'update_config', 'patch_deployment', 'rollback'],
  4: ['create_issue', 'notify_team', 'schedule_fix', 'manual_intervention'],
} as const;

export const REPAIR_ACTIONS = [...ACTIONS_BY_TIER[1], ...ACTIONS_BY_TIER[2], ...ACTIONS_BY_TIER[3], ...ACTIONS_BY_TIER[4]] as const;
export type RepairAction = (typeof REPAIR_ACTIONS)[number];
