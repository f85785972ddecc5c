import { z } from 'zod';
import { LocalName } from '../reference.ts';
import { patternedText, spokenText } from '../text.ts';
import { REPAIR_ACTIONS } from './action.ts';

export const TARGET_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'] as const;

const LabelName = patternedText({
  pattern: /^[A-Za-z_][A-Za-z0-9_.]*$/,
  maxLength: 128,
  sentence: "must be the name of one of the alert's labels, such as deployment or pod",
});

export const StepTarget = z.object({
  kind: z.enum(TARGET_KINDS).describe('Kind of the workload.'),
  name: LocalName.describe('Its name, in the namespace of the playbook. Either name or fromLabel.').optional(),
  fromLabel: LabelName.describe("The alert's label that holds its name, such as deployment. Either name or fromLabel.").optional(),
});
export type StepTarget = z.infer<typeof StepTarget>;

/** resource.Quantity without signs and exponents. */
const Quantity = patternedText({
  pattern: /^[0-9]+([.][0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/,
  maxLength: 32,
  sentence: 'must be a quantity such as 512Mi, 2Gi, 500m or 2',
});

const PatchOperation = z.object({
  op: z.enum(['add', 'replace', 'remove', 'test']).describe('What is done at the path.'),
  path: patternedText({
    pattern: /^(\/([^~/]|~[01])*)+$/,
    maxLength: 512,
    sentence: 'must be a JSON Pointer, such as /spec/template/spec/containers/0/image',
  }).describe('A JSON Pointer into the object. Images, env, args, resources, replicas and the data of a ConfigMap may be changed.'),
  value: z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true }).describe('The value, for add, replace and test.').optional(),
});
export type PatchOperation = z.infer<typeof PatchOperation>;

export const StepParameters = z.object({
  by: z.int32().min(1).max(1000).describe('scale_up: so many replicas more. Either by or factor.').optional(),
  factor: z
    .number()
    .min(1)
    .max(16)
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
    .max(32)
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('update_config, patch_deployment, apply_hotfix: a JSON Patch (RFC 6902).')
    .optional(),
  text: spokenText({ maxLength: 2000, sentence: 'must say what people are to do or to know' })
    .describe('create_issue, notify_team, schedule_fix, manual_intervention: what people are told.')
    .optional(),
});
export type StepParameters = z.infer<typeof StepParameters>;

export const RepairStep = z.object({
  action: z.enum(REPAIR_ACTIONS).describe('What is done.'),
  tier: z.int32().min(1).max(4).describe('How far the action reaches, 1 to 4; left out, it is known from the action.').optional(),
  target: StepTarget.describe('What it is done to; left out for the actions of tier 4.').optional(),
  parameters: StepParameters.default({}).describe('How it is done.'),
});
export type RepairStep = z.infer<typeof RepairStep>;

export const RepairSteps = z.array(RepairStep.describe('One step.')).min(1).max(8).meta({ 'x-kubernetes-list-type': 'atomic' });
