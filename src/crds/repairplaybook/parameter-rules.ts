import { celQuantityAtMost, quantityValue } from '../quantity.ts';
import type { Rule } from '../rule.ts';
import { matches } from '../text.ts';
import { ACTIONS_BY_TIER, type RepairAction } from './action.ts';
import type { ParameterName, StepFields } from './step.ts';
import { celIs } from './target-rules.ts';

/** Actions that take the same parameters. `needs` is every one, `either` exactly one of two. */
interface Takes {
  readonly actions: readonly RepairAction[];
  readonly needs?: readonly ParameterName[];
  readonly either?: readonly [ParameterName, ParameterName];
  readonly may?: readonly ParameterName[];
}

const TAKES: readonly Takes[] = [
  { actions: ['restart_pod', 'restart_container', 'delete_pod', 'rollback'] },
  { actions: ['scale_up'], needs: ['maxReplicas'], either: ['by', 'factor'] },
  { actions: ['increase_memory', 'increase_cpu'], needs: ['max'], either: ['factor', 'to'], may: ['container'] },
  { actions: ['adjust_limits'], needs: ['resource', 'max'], either: ['factor', 'to'], may: ['container'] },
  { actions: ['update_config'], needs: ['patch'], may: ['configMap'] },
  { actions: ['patch_deployment', 'apply_hotfix'], needs: ['patch'] },
  { actions: ACTIONS_BY_TIER[4], needs: ['text'] },
];

const ALL: readonly ParameterName[] = ['by', 'factor', 'maxReplicas', 'resource', 'to', 'max', 'container', 'configMap', 'patch', 'text'];

const celHas = (name: ParameterName): string => `has(self.parameters.${name})`;
const isOf = (actions: readonly string[], { action }: StepFields): boolean => actions.includes(action);
const given = ({ parameters }: StepFields, name: ParameterName): boolean => parameters[name] !== undefined;

function takesOnly({ actions, needs = [], either, may = [] }: Takes): Rule<StepFields> {
  const taken = [...needs, ...(either ?? []), ...may];
  const others = ALL.filter(name => !taken.includes(name));
  const what = taken.length === 0 ? 'no parameters' : `only the parameters ${taken.join(', ')}`;
  return {
    cel: `!(${celIs(actions)}) || !(${others.map(celHas).join(' || ')})`,
    message: `${actions.join(', ')}: the action takes ${what}; remove the others, or change the action`,
    holds: step => !isOf(actions, step) || !others.some(name => given(step, name)),
  };
}

function needsAll({ actions, needs = [] }: Takes): Rule<StepFields>[] {
  return needs.map(name => ({
    cel: `!(${celIs(actions)}) || ${celHas(name)}`,
    message: `${actions.join(', ')}: the action needs parameters.${name}`,
    holds: step => !isOf(actions, step) || given(step, name),
  }));
}

function needsEither({ actions, either }: Takes): Rule<StepFields>[] {
  if (!either) return [];
  const [left, right] = either;
  return [
    {
      cel: `!(${celIs(actions)}) || ${celHas(left)} != ${celHas(right)}`,
      message: `${actions.join(', ')}: the action needs exactly one of parameters.${left} and parameters.${right}`,
      holds: step => !isOf(actions, step) || given(step, left) !== given(step, right),
    },
  ];
}

const MILLI = /m$/;
const BYTES = /[kMGTPEi]$/;

interface Of {
  readonly cel: string;
  readonly holds: (step: StepFields) => boolean;
}

const OF_MEMORY: Of = {
  cel: "(self.action == 'increase_memory' || (has(self.parameters.resource) && self.parameters.resource == 'memory'))",
  holds: ({ action, parameters }) => action === 'increase_memory' || parameters.resource === 'memory',
};
const OF_CPU: Of = {
  cel: "(self.action == 'increase_cpu' || (has(self.parameters.resource) && self.parameters.resource == 'cpu'))",
  holds: ({ action, parameters }) => action === 'increase_cpu' || parameters.resource === 'cpu',
};

/** `512m` of memory is half a byte, and the API server would take it. */
function neverIn(unit: RegExp, of: Of, message: string): Rule<StepFields> {
  const none = (name: 'to' | 'max') => `(!${celHas(name)} || !${matches(`self.parameters.${name}`, unit)})`;
  return {
    cel: `!${of.cel} || (${none('to')} && ${none('max')})`,
    message,
    holds: step => !of.holds(step) || (!unit.test(step.parameters.to ?? '') && !unit.test(step.parameters.max ?? '')),
  };
}

/** Which parameters belong to which action, and which it cannot do without. */
export const PARAMETER_RULES: readonly Rule<StepFields>[] = [
  ...TAKES.map(takesOnly),
  ...TAKES.flatMap(needsAll),
  ...TAKES.flatMap(needsEither),
  {
    cel: `!${celHas('to')} || !${celHas('max')} || ${celQuantityAtMost('self.parameters.to', 'self.parameters.max')}`,
    message: 'parameters.to must not be above parameters.max: lower to, or raise max',
    holds: ({ parameters: { to, max } }) => to === undefined || max === undefined || quantityValue(to) <= quantityValue(max),
  },
  neverIn(MILLI, OF_MEMORY, 'memory is counted in bytes, and 512m would be half a byte: write 512Mi or 2Gi'),
  neverIn(BYTES, OF_CPU, 'cpu is counted in cores: write 500m for half a core, or 2'),
];
