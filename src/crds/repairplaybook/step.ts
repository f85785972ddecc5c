import { z } from 'zod';
import { Quantity } from '../quantity.ts';
import { LocalName } from '../reference.ts';
import { withRules } from '../rule.ts';
import { patternedText, spokenText } from '../text.ts';
import { REPAIR_ACTIONS } from './action.ts';
import { PARAMETER_RULES } from './parameter-rules.ts';
import { PATCH_RULES } from './patch-rules.ts';
import { TARGET_RULES } from './target-rules.ts';

const TARGET_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'] as const;

const LabelName = patternedText({
  pattern: /^[A-Za-z_][A-Za-z0-9_.]*$/,
  maxLength: 128,
  sentence: "must be the name of one of the alert's labels, such as deployment or pod",
});

export const StepTarget = withRules(
  z.object({
    kind: z.enum(TARGET_KINDS).describe('Kind of the workload.'),
    name: LocalName.describe('Its name, in the namespace of the playbook. Either name or fromLabel.').optional(),
    fromLabel: LabelName.describe("The alert's label that holds its name, such as deployment. Either name or fromLabel.").optional(),
  }),
  [
    {
      cel: 'has(self.name) != has(self.fromLabel)',
      message: 'target takes exactly one of name and fromLabel: give one, or remove one',
      holds: ({ name, fromLabel }) => (name === undefined) !== (fromLabel === undefined),
    },
  ],
);
export type StepTarget = z.infer<typeof StepTarget>;

const Operation = z.object({
  op: z.enum(['add', 'replace', 'remove', 'test']).describe('What is done at the path.'),
  path: patternedText({
    pattern: /^(\/([^~/]|~[01])*)+$/,
    maxLength: 512,
    sentence: 'must be a JSON Pointer, such as /spec/template/spec/containers/0/image',
  }).describe('A JSON Pointer into the object. Images, env, args, resources, replicas and the data of a ConfigMap may be changed.'),
  value: z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true }).describe('The value, for add, replace and test.').optional(),
});
const NEEDS_VALUE = 'give a value: add, replace and test need one';

/**
 * CEL cannot see a value that may be anything, so no rule can ask for it. A schema can, and of its failures the API server prints the
 * pattern: the sentence stands in there, where it matches no op that there is.
 */
const PatchOperation = Operation.superRefine(({ op, value }, ctx) => {
  // The API server drops null.
  if (op !== 'remove' && (value === undefined || value === null)) ctx.addIssue({ code: 'custom', path: ['op'], message: NEEDS_VALUE });
}).meta({ anyOf: [{ required: ['value'] }, { properties: { op: { pattern: `^(remove|${NEEDS_VALUE})$` } } }] });
export type PatchOperation = z.infer<typeof PatchOperation>;

export const StepParameters = z.object({
  by: z.int32().min(1).max(1000).describe('scale_up: so many replicas more. Either by or factor.').optional(),
  factor: withRules(z.number().max(16), [
    { cel: 'self > 1.0', message: 'must be above 1, such as 1.5: less would change nothing, or take away', holds: factor => factor > 1 },
  ])
    .describe('scale_up, increase_memory, increase_cpu, adjust_limits: so many times as much, such as 1.5.')
    .optional(),
  maxReplicas: z.int32().min(1).max(10_000).describe('scale_up: never more replicas than this.').optional(),
  resource: z.enum(['memory', 'cpu']).describe('adjust_limits: which limit.').optional(),
  to: Quantity.describe('increase_memory, increase_cpu, adjust_limits: the new limit. Either to or factor.').optional(),
  max: Quantity.describe('increase_memory, increase_cpu, adjust_limits: never more than this.').optional(),
  container: LocalName.describe('Which container; left out where the workload has one alone.').optional(),
  configMap: LocalName.describe('update_config: the ConfigMap that is patched in place of the target.').optional(),
  patch: z
    .array(PatchOperation.describe('One operation.'))
    .min(1)
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('update_config, patch_deployment, apply_hotfix: a JSON Patch (RFC 6902).')
    .optional(),
  text: spokenText({ maxLength: 2000, sentence: 'must say what people are to do or to know' })
    .describe('create_issue, notify_team, schedule_fix, manual_intervention: what people are told.')
    .optional(),
});
export type StepParameters = z.infer<typeof StepParameters>;
export type ParameterName = keyof StepParameters;

const Step = z.object({
  action: z.enum(REPAIR_ACTIONS).describe('What is done.'),
  tier: z.int32().min(1).max(4).describe('How far the action reaches, 1 to 4; left out, it is known from the action.').optional(),
  target: StepTarget.describe('What it is done to; left out for the actions of tier 4.').optional(),
  parameters: StepParameters.default({}).describe('How it is done.'),
});
export type StepFields = z.infer<typeof Step>;

/** One thing that is done to one workload, or asked of people. */
export const RepairStep = withRules(Step, [...TARGET_RULES, ...PARAMETER_RULES, ...PATCH_RULES]);
export type RepairStep = z.infer<typeof RepairStep>;

export const RepairSteps = z.array(RepairStep.describe('One step.')).min(1).max(8).meta({ 'x-kubernetes-list-type': 'atomic' });
