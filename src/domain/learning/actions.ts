import { ACTIONS_BY_TIER, REPAIR_ACTIONS, type RepairAction } from '../../crds/repairplaybook/action.ts';

/** How far an action reaches, 1 the least. */
export const TIERS = [1, 2, 3, 4] as const;
export type Tier = (typeof TIERS)[number];

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
