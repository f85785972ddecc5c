import { z } from 'zod';
import { type Rule, withNeeded, withRules } from '../rule.ts';
import { matches, patternedText, spokenText } from '../text.ts';
import { RepairSteps } from './step.ts';
import { ApprovalTerms, GitOpsTerms, LimitTerms, OnFailure, VerifyTerms } from './terms.ts';

const AnomalyKey = patternedText({
  pattern: /^v[0-9]+-[0-9a-f]{16}$/,
  maxLength: 32,
  sentence: 'must be an anomaly key such as v1-3f9c0a1b2c4d5e6f (awoooi incidents show prints it)',
});

const AlertName = spokenText({ maxLength: 256, sentence: 'must be the name of an alert' });
const LabelValue = z.string().max(1024);

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

const MOST_LABELS = 32;

const Labels = withRules(
  z
    .record(z.string(), LabelValue.describe('What the label must be.'))
    .refine(labels => Object.keys(labels).length <= MOST_LABELS, { error: `must have at most ${MOST_LABELS} entries` })
    .meta({ maxProperties: MOST_LABELS }),
  [
    {
      cel: `self.all(name, ${matches('name', LABEL_NAME)})`,
      message: "the name of an alert's label must be made of letters, digits, '_' and '.', and not begin with a digit",
      holds: labels => Object.keys(labels).every(name => LABEL_NAME.test(name)),
    },
    {
      cel: "!('alertname' in self)",
      message: 'the name of the alert stands in match.alertname: remove alertname from labels',
      holds: labels => !Object.hasOwn(labels, 'alertname'),
    },
  ],
);

const Match = withRules(
  z.object({
    anomalyKey: AnomalyKey.describe('One kind of trouble of one workload. Either anomalyKey or alertname.').optional(),
    alertname: AlertName.describe('Alerts of this name. Either anomalyKey or alertname.').optional(),
    labels: Labels.describe('With alertname: labels that the alert must have, such as severity: critical.').optional(),
  }),
  [
    {
      cel: 'has(self.anomalyKey) != has(self.alertname)',
      message: 'match takes exactly one of anomalyKey and alertname: remove one, or give one',
      holds: ({ anomalyKey, alertname }) => (anomalyKey === undefined) !== (alertname === undefined),
    },
    {
      cel: '!has(self.labels) || has(self.alertname)',
      message: 'match.labels narrow match.alertname: an anomalyKey stands for its labels already, so remove labels',
      holds: ({ labels, alertname }) => labels === undefined || alertname !== undefined,
    },
  ],
);

export const PLAYBOOK_MODES = ['Suggest', 'Approve', 'Automatic', 'Shadow'] as const;
const PLAYBOOK_SOURCES = ['manual', 'auto_learning'] as const;

const Spec = z.object({
  match: Match.describe('Which incidents it is for.'),
  rootCause: spokenText({ maxLength: 4000, sentence: 'must say what is wrong when it helps' }).describe('What was wrong.').optional(),
  description: z.string().max(8000).describe('What it does and why, for people.').optional(),
  source: z.enum(PLAYBOOK_SOURCES).default('manual').describe('Who wrote it: a person, or the operator of what it has learned.'),
  evidence: z.string().max(2000).describe('What it was learned from.').optional(),
  steps: RepairSteps.describe('What is done, one after the other.'),
  mode: z
    .enum(PLAYBOOK_MODES)
    .default('Approve')
    .describe(
      'Suggest: the card names it. Approve: each incident asks for approval. Automatic: it runs by itself where the gate says yes. Shadow: nothing is done, and what people did is compared.',
    ),
  approval: ApprovalTerms.prefault({}).describe('Who says yes, and how long a run waits for that.'),
  verify: VerifyTerms.prefault({}).describe('By what a run is judged.'),
  limits: LimitTerms.prefault({}).describe('How often it runs.'),
  onFailure: OnFailure.default('Keep'),
  gitOps: GitOpsTerms.default('Refuse'),
  successfulRunsHistoryLimit: z.int32().min(0).max(1000).default(20).describe('How many of its runs that succeeded are kept.'),
  failedRunsHistoryLimit: z.int32().min(0).max(1000).default(20).describe('How many of its runs that ended otherwise are kept.'),
  suspend: z.boolean().default(false).describe('True: it is neither suggested nor run until it is false again.'),
});
type Spec = z.infer<typeof Spec>;

const WAIT_FOR_PEOPLE: readonly string[] = ['schedule_fix', 'manual_intervention'];

const RULES: readonly Rule<Spec>[] = [
  {
    cel: `self.mode != 'Automatic' || !has(self.steps) || !self.steps.exists(step, step.action in ['${WAIT_FOR_PEOPLE.join("', '")}'])`,
    message: `${WAIT_FOR_PEOPLE.join(' and ')} wait for a person, so nothing is automatic about them: use mode Approve or Suggest, or remove the step`,
    holds: ({ mode, steps }) => mode !== 'Automatic' || !steps.some(({ action }) => WAIT_FOR_PEOPLE.includes(action)),
  },
];

const Needed = withNeeded(Spec, {
  match: 'say which incidents it is for: set match.alertname (with match.labels), or match.anomalyKey',
  steps: 'say what is done: give at least one step with action and target',
});

/** A repair and when it may be done: field by field in docs/spec/repairplaybook.md. */
export const RepairPlaybookSpec = withRules(Needed, RULES);
export type RepairPlaybookSpec = z.infer<typeof RepairPlaybookSpec>;
