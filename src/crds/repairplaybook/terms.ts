import { z } from 'zod';
import { durationBetween } from '../duration.ts';
import { withRules } from '../rule.ts';
import { distinct, patternedText } from '../text.ts';

const Approver = patternedText({
  pattern: /^[^\s]+$/,
  maxLength: 256,
  sentence: 'must be the name of a user of Kubernetes, such as mei@example.com, or telegram: and the numeric id of a user of Telegram',
});

const Approval = z.object({
  approvers: distinct(z.array(Approver.describe('One person.')).max(64))
    .default([])
    .describe(
      'Whose decision counts: users of Kubernetes by name, users of Telegram as telegram:ID. Empty: whoever may (the verb approve on repairruns; TG_ALLOWED_USER_IDS).',
    ),
  expiresAfter: durationBetween('1m', '168h').default('30m').describe('How long a run waits for its approval.'),
  quorum: z.int32().min(1).max(16).default(1).describe('How many must approve. The first rejection decides.'),
});

/** Who says yes to a run, and how long it waits for that. */
export const ApprovalTerms = withRules(Approval, [
  {
    cel: '!has(self.approvers) || size(self.approvers) == 0 || self.quorum <= size(self.approvers)',
    message: 'quorum must not be above the number of approvers: lower quorum, or name more approvers',
    holds: ({ approvers, quorum }) => approvers.length === 0 || quorum <= approvers.length,
  },
]);
export type ApprovalTerms = z.infer<typeof ApprovalTerms>;

/** By what a repair is judged. */
export const VerifyTerms = z.object({
  window: durationBetween('10s', '24h').default('10m').describe('Within this time of the last step the alert has to resolve.'),
  quiet: durationBetween('0s', '24h').default('10m').describe('For so long after that it must not fire again.'),
  alertFor: durationBetween('0s', '24h')
    .default('0s')
    .describe(
      "The alert's `for`, where it is not known otherwise: quiet is never shorter than it and two evaluations. It is known of alerts by a SignozAlertRule and, where AWOOOI_PROMETHEUS_URL is set, of those of Alertmanager; of all others it has to be set here.",
    ),
  evaluationInterval: durationBetween('1s', '1h')
    .default('1m')
    .describe('How often the alert is evaluated, where that is not known otherwise.'),
});
export type VerifyTerms = z.infer<typeof VerifyTerms>;

/** How often the same thing is done. */
export const LimitTerms = z.object({
  cooldown: durationBetween('0s', '168h').default('10m').describe('So long nothing more is done to a target that was repaired.'),
  maxPerHour: z.int32().min(1).max(60).default(3).describe('So many runs an hour at most, of this playbook and target.'),
  maxConcurrent: z.int32().min(1).max(100).default(1).describe('So many runs of this playbook at a time.'),
});
export type LimitTerms = z.infer<typeof LimitTerms>;

export const OnFailure = z
  .enum(['Keep', 'Rollback'])
  .describe('What becomes of the changes of a run that failed: they stay, or are taken back.');

export const GitOpsTerms = z
  .enum(['Refuse', 'AllowRevert'])
  .describe(
    'What is done about a target that belongs to Argo CD or Flux: the run refuses, or changes it knowing that it will be reverted.',
  );
export type GitOpsTerms = z.infer<typeof GitOpsTerms>;
