import { z } from 'zod';
import { LocalName } from '../reference.ts';
import { PLAYBOOK_MODES } from '../repairplaybook/spec.ts';
import { type RepairStep, RepairSteps } from '../repairplaybook/step.ts';
import { ApprovalTerms, GitOpsTerms, LimitTerms, OnFailure, VerifyTerms } from '../repairplaybook/terms.ts';
import { withFixed, withNeeded, withRules } from '../rule.ts';
import { patternedText, spokenText } from '../text.ts';

export const DECISIONS = ['Approve', 'Reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What people see on the card is what is done: nothing is looked up any more. */
const NamedSteps = withRules(RepairSteps, [
  {
    cel: 'self.all(step, !has(step.target) || has(step.target.name))',
    message: 'a run says by name what it is done to: give every target its name in place of fromLabel',
    holds: (steps: readonly RepairStep[]) => steps.every(({ target }) => target === undefined || target.name !== undefined),
  },
]);

const UserName = spokenText({ maxLength: 256, sentence: 'must be the name of a user, as kubectl auth whoami prints it' });

const ApprovalEntry = z.object({
  by: UserName.describe('User name, as Kubernetes knows it: an entry can be written by that user alone.'),
  decision: z.enum(DECISIONS).describe('Yes or no.'),
  reason: z.string().max(1000).describe('Why, for the others.').optional(),
});
export type ApprovalEntry = z.infer<typeof ApprovalEntry>;

/** The API server keeps such a list by user; our own parser sees to it here. */
function oncePerUser<S extends z.ZodType<readonly ApprovalEntry[]>>(entries: S): S {
  return entries.superRefine((list, ctx) => {
    for (const [index, { by }] of list.entries()) {
      if (list.findIndex(entry => entry.by === by) === index) continue;
      ctx.addIssue({ code: 'custom', path: [index], message: `${by} has decided already: keep one entry of each user` });
    }
  });
}

const Spec = z.object({
  playbookRef: z
    .object({ name: LocalName.describe('Name of the RepairPlaybook, in the same namespace.') })
    .describe('Which playbook is run.'),
  playbookHash: patternedText({
    pattern: /^[0-9a-f]{16}$/,
    maxLength: 16,
    sentence: 'must be the status.hash of the playbook as it is now, such as 3f9c0a1b2c4d5e6f',
  }).describe("The playbook's status.hash: once the playbook is another, the run is void and a new one asks."),
  incidentId: z.string().max(64).describe('The incident that it is for; without one nothing can be verified.').optional(),
  anomalyKey: z.string().max(64).describe('Of the incident.').optional(),
  alertname: z.string().max(256).describe('Of the incident.').optional(),
  mode: z.enum(PLAYBOOK_MODES).describe("The playbook's mode when the run was made.").default('Approve'),
  steps: NamedSteps.describe('What is done, every target by its name.'),
  dryRun: z.boolean().default(false).describe('True: every step is tried as a server-side dry run, and nothing is done.'),
  approval: ApprovalTerms.prefault({}).describe("The playbook's, as they were."),
  verify: VerifyTerms.prefault({}).describe("The playbook's, as they were."),
  limits: LimitTerms.prefault({}).describe("The playbook's, as they were."),
  onFailure: OnFailure.default('Keep'),
  gitOps: GitOpsTerms.default('Refuse'),
  approvals: oncePerUser(z.array(ApprovalEntry.describe('One decision.')).max(64))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['by'] })
    .default([])
    .describe('Who approves or rejects. Each entry is written by the user that it names, who needs the verb approve on repairruns.'),
});
const Needed = withNeeded(Spec, {
  playbookRef: 'say which playbook is run: set playbookRef.name to that of a RepairPlaybook in this namespace',
  playbookHash: 'say which version of the playbook is run: set playbookHash to its status.hash',
  steps: 'say what is done: copy the steps of the playbook, every target by its name',
});

/** One execution of a playbook: field by field in docs/spec/repairrun.md. */
export const RepairRunSpec = withFixed(
  Needed,
  ['approvals'],
  'of a run stays as it was when the run was made, for that is what people approve: make a new RepairRun with what you want',
);
export type RepairRunSpec = z.infer<typeof RepairRunSpec>;
