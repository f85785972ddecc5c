import type { Rule } from '../rule.ts';
import { ACTIONS_BY_TIER, type RepairAction } from './action.ts';
import type { StepFields } from './step.ts';

type TargetKind = NonNullable<StepFields['target']>['kind'];

const TIERS = [1, 2, 3, 4] as const;
const isOf = (actions: readonly string[], action: RepairAction): boolean => actions.includes(action);
const listed = (words: readonly string[]): string => words.join(', ');

/** The CEL expression that is true for a step of one of these actions. */
export function celIs(actions: readonly RepairAction[]): string {
  return `self.action in ['${actions.join("', '")}']`;
}

function tierIs(tier: (typeof TIERS)[number]): Rule<StepFields> {
  const actions = ACTIONS_BY_TIER[tier];
  return {
    cel: `!has(self.tier) || !(${celIs(actions)}) || self.tier == ${tier}`,
    message: `${listed(actions)} are of tier ${tier}: set tier to ${tier}, or leave it out`,
    holds: step => step.tier === undefined || !isOf(actions, step.action) || step.tier === tier,
  };
}

const PEOPLE = ACTIONS_BY_TIER[4];

/** What each action can be done to, where that is not all of the kinds. */
const TAKES: readonly (readonly [actions: readonly RepairAction[], kinds: readonly TargetKind[]])[] = [
  [['delete_pod'], ['Pod']],
  [['scale_up'], ['Deployment', 'StatefulSet']],
  [
    ['increase_memory', 'increase_cpu', 'adjust_limits', 'patch_deployment', 'apply_hotfix', 'update_config'],
    ['Deployment', 'StatefulSet', 'DaemonSet'],
  ],
  [['rollback'], ['Deployment']],
];

function takes([actions, kinds]: (typeof TAKES)[number]): Rule<StepFields> {
  return {
    cel: `!(${celIs(actions)}) || !has(self.target) || self.target.kind in ['${kinds.join("', '")}']`,
    message: `${listed(actions)}: target.kind must be ${kinds.join(' or ')}`,
    holds: ({ action, target }) => !isOf(actions, action) || target === undefined || kinds.includes(target.kind),
  };
}

/** What a step is done to, and how far its action reaches. */
export const TARGET_RULES: readonly Rule<StepFields>[] = [
  ...TIERS.map(tierIs),
  {
    cel: `${celIs(PEOPLE)} || has(self.target)`,
    message: 'say what the action is done to: set target.kind, and target.name or target.fromLabel',
    holds: ({ action, target }) => isOf(PEOPLE, action) || target !== undefined,
  },
  {
    cel: `!(${celIs(PEOPLE)}) || !has(self.target)`,
    message: `${listed(PEOPLE)} are for people and change nothing in the cluster: remove target`,
    holds: ({ action, target }) => !isOf(PEOPLE, action) || target === undefined,
  },
  ...TAKES.map(takes),
];
