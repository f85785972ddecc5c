import { z } from 'zod';
import { Condition } from '../conditions.ts';
import { REPAIR_ACTIONS } from '../repairplaybook/action.ts';
import { DECISIONS } from './spec.ts';

const Time = z.string().meta({ format: 'date-time' });

export const RUN_PHASES = [
  'AwaitingApproval',
  'Rejected',
  'Expired',
  'DryRun',
  'Running',
  'Verifying',
  'Succeeded',
  'Failed',
  'Unknown',
] as const;
export type RunPhase = (typeof RUN_PHASES)[number];

/** Phases that a run never leaves. */
export const ENDED_PHASES: readonly RunPhase[] = ['Rejected', 'Expired', 'DryRun', 'Succeeded', 'Failed', 'Unknown'];

export const APPROVED_BY_WAY = ['kubernetes', 'api', 'telegram', 'gate'] as const;

const RecordedApproval = z.object({
  by: z.string().describe('Who: a user name of Kubernetes, telegram:ID, or gate where the run was authorised by what was learned.'),
  via: z.enum(APPROVED_BY_WAY).describe('How it came, and so how it is proven.'),
  decision: z.enum(DECISIONS).describe('Yes or no.'),
  reason: z.string().describe('Why, in the words of the person.').optional(),
  time: Time.describe('When it was recorded.'),
  name: z.string().describe('How the person is called, where by is a number.').optional(),
});
export type RecordedApproval = z.infer<typeof RecordedApproval>;

const Intent = z.object({
  time: Time.describe('When it was recorded, before anything was done.'),
  summary: z.string().describe('What is done, in one sentence.'),
  plan: z.string().describe('What exactly is done, as JSON. For the operator itself.'),
  workload: z.string().describe('The workload that the limits go by, as KIND/NAME: of a pod, its owner.').optional(),
});

const EFFECTS = ['Done', 'Refused', 'Failed', 'Skipped', 'Unknown'] as const;

const Deed = z.object({
  time: Time.describe('When it was recorded.'),
  result: z.enum(EFFECTS).describe('Done; Refused before anything was changed; Failed; Skipped; Unknown where it cannot be told any more.'),
  detail: z.string().describe('What came of it, in one sentence.').optional(),
});

const Answer = z.object({
  by: z.string().describe('Who says so.'),
  helped: z.boolean().describe('True: done, so that the alert judges it. False: it did not help.'),
  time: Time.describe('When it was recorded.'),
});

const StepStatus = z.object({
  index: z.int32().min(0).describe('Which step of the spec, from 0.'),
  action: z.enum(REPAIR_ACTIONS).describe('What is done.'),
  intent: Intent.describe('What will be done.').optional(),
  effectTime: Time.describe('When the API server or the receiver had taken it.').optional(),
  deed: Deed.describe('What came of it.').optional(),
  answer: Answer.describe('What a person says of what was asked of people.').optional(),
  undone: Deed.describe('What came of taking it back.').optional(),
});
export type StepStatus = z.infer<typeof StepStatus>;

const Verification = z.object({
  startedAt: Time.describe('When the last step was done.'),
  resolvedAt: Time.describe('When the alert resolved.').optional(),
  quietUntil: Time.describe('Until when it must not fire again.').optional(),
  ruleSeen: z.boolean().describe("Whether the alert's rule was seen: that it ends with its rule is no success.").optional(),
  detail: z.string().describe('What is waited for, or what was found, in one sentence.').optional(),
});

/** Phases in which a run ends that did something. */
const VERDICTS = ['Succeeded', 'Failed', 'Unknown'] as const;

const Verdict = z.object({
  phase: z.enum(VERDICTS).describe('How the run ends, once all that follows from it is done.'),
  reason: z.string().describe('Why, as one CamelCase word.'),
  message: z.string().describe('Why, in one sentence.'),
  time: Time.describe('When it was recorded.'),
});
export type RunVerdict = z.infer<typeof Verdict>;

const Comparison = z.object({
  proposed: z.string().describe('What would have been done.'),
  done: z.string().describe('What people did in its place; absent where nothing is known of that.').optional(),
  same: z.boolean().describe('Whether that was the same action.').optional(),
  succeeded: z.boolean().describe('Whether what people did helped; absent where nobody can say.').optional(),
  comparedAt: Time.describe('When it was looked for the last time.').optional(),
});

export const RepairRunStatus = z.object({
  observedGeneration: z.int().describe('The metadata.generation that this status was decided for.').optional(),
  conditions: z
    .array(Condition.describe('One condition.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('Ready and Complete; Reconciling and Stalled only while they are True.')
    .optional(),
  phase: z.enum(RUN_PHASES).describe('Where the run stands.').optional(),
  approvalId: z.string().describe('By which the API and the buttons name it.').optional(),
  approvals: z
    .array(RecordedApproval.describe('One decision.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['by'] })
    .describe('Who decided, when, and how that is proven.')
    .optional(),
  stepsHash: z
    .string()
    .describe('Identifies the steps of the playbook when this run was compared with it: what comes of it counts for these alone.')
    .optional(),
  requestedAt: Time.describe('When it began to wait for its approval.').optional(),
  expiresAt: Time.describe('Until when it waits for its approval.').optional(),
  gate: z.string().describe('Why it runs by itself, or why not.').optional(),
  startedAt: Time.describe('When its first step began.').optional(),
  finishedAt: Time.describe('When it ended.').optional(),
  steps: z
    .array(StepStatus.describe('One step.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['index'] })
    .describe('What was done, step by step.')
    .optional(),
  verification: Verification.describe('How it is judged.').optional(),
  verdict: Verdict.describe('What was found, before it is acted on: what is taken back, and what is learned.').optional(),
  comparison: Comparison.describe('With mode Shadow: what people did in its place.').optional(),
  learned: z.boolean().describe('Whether what came of it was recorded for learning.').optional(),
  late: z
    .array(z.string().describe('One person.'))
    .meta({ 'x-kubernetes-list-type': 'set' })
    .describe('Whose decision in spec.approvals came when the run no longer waited, and does not count.')
    .optional(),
  shown: z.string().describe('Identifies what the incident was last told of this run. For the operator itself.').optional(),
  message: z.string().describe('How it stands, in one sentence.').optional(),
});
export type RepairRunStatus = z.infer<typeof RepairRunStatus>;
