import { z } from 'zod';
import { variable } from '../variable.ts';

/** Everything that a run of a probe changes outside of this process, by name. */
export const PROBE_EFFECTS = [
  'register-drills',
  'target-post',
  'approval-ask',
  'approval-withdraw',
  'post-canary',
  'resolve-canary',
  'signoz-test',
  'telegram-typing',
  'telegram-send',
  'notify-webhook',
  'heartbeat',
  'status-intent',
  'status-deed',
] as const;

/** The same of the way from an alert to those who are told. */
export const INTAKE_EFFECTS = [
  'ingest',
  'telegram-card',
  'telegram-edit',
  'sentry-note',
  'sentry-note-update',
  'ask-analyser',
  'record-analysis',
  'outgoing-webhook',
  'set-webhook',
  'acknowledge',
  'create-silence',
  'record-silence',
  'expire-silence',
  'press-done',
  'answer-press',
  'resolve',
  'note',
  'show-repair',
  'auto-resolve',
  'end-unheard',
  'chain-broke',
  'chain-told',
  'hold-open',
  'chain-mended',
  'work-remember',
  'work-done',
  'work-again',
  'give-up',
  'retry-dead',
] as const;

/** The same of what keeps alert rules. */
export const RULE_EFFECTS = ['rule-claim', 'rule-create', 'rule-replace', 'rule-remove', 'rule-record', 'rule-release'] as const;

/** The same of what repairs: runs, playbooks, and what is learned. */
export const REPAIR_EFFECTS = [
  'run-create',
  'run-ask',
  'run-intent',
  'run-effect',
  'run-effected',
  'run-deed',
  'run-verdict',
  'run-undo',
  'run-undone',
  'run-learn',
  'run-end',
  'run-remove',
  'decide-run',
  'answer-run',
  'playbook-write',
  'playbook-seen',
  'playbook-record',
  'repairs-pause',
  'repairs-resume',
] as const;

const EFFECTS = [...PROBE_EFFECTS, ...INTAKE_EFFECTS, ...RULE_EFFECTS, ...REPAIR_EFFECTS] as const;
export type Effect = (typeof EFFECTS)[number];

const Failpoint = z
  .string()
  .transform(text => {
    const [effect, when = 'before', at = '1'] = text.split(':');
    return { effect, when, at: Number(at) };
  })
  .pipe(z.object({ effect: z.enum(EFFECTS), when: z.enum(['before', 'after']), at: z.int().min(1) }));

/** Faults that the tests put into a process of their own. */
export const Faults = z.object({
  failpoint: variable(
    {
      env: 'AWOOOI_FAILPOINT',
      hidden: true,
      description: 'Tests only: the process kills itself before or after this effect, the first time or as often as the number says.',
      expects: `EFFECT:before or EFFECT:after, behind a further colon a number, with one of ${EFFECTS.join(', ')}`,
    },
    Failpoint.optional(),
  ),
});
