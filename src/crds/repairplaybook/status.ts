import { z } from 'zod';
import { Condition } from '../conditions.ts';

const Time = z.string().meta({ format: 'date-time' });

export const TRUSTS = ['Candidate', 'Trusted', 'Quarantined'] as const;
export type Trust = (typeof TRUSTS)[number];

const LastOutcome = z.object({
  run: z.string().describe('Name of the RepairRun, or id of what was reported.'),
  success: z.boolean().describe('Whether it helped.'),
  time: Time.describe('When that was known.'),
});

const Stats = z.object({
  attempts: z.int().describe('How often it was tried.'),
  successes: z.int().describe('How often that helped.'),
  successRate: z.number().describe('successes / attempts; 0 before the first.'),
  lowerBound: z.number().describe('What the true rate exceeds with a probability of 95 %, from verified runs alone.'),
  effectiveN: z.number().describe('How many verified runs that rests on, older ones counting less (half-life 30 days).'),
  avgExecutionSeconds: z.number().describe('Mean time of a run; 0 where none was measured.'),
  lastOutcomes: z
    .array(LastOutcome.describe('One outcome.'))
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('The last ten, newest first.'),
  asOf: Time.describe('When these figures were taken: with an outcome or a change of trust, at most every 30 seconds.').optional(),
});
export type PlaybookStats = z.infer<typeof Stats>;

export const RepairPlaybookStatus = z.object({
  observedGeneration: z.int().describe('The metadata.generation that this status was decided for.').optional(),
  conditions: z
    .array(Condition.describe('One condition.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('Ready, Trusted and Quarantined; Reconciling and Stalled only while they are True.')
    .optional(),
  stats: Stats.describe('What its runs have shown.').optional(),
  trust: z.enum(TRUSTS).describe('Whether it has proved itself.').optional(),
  hash: z.string().describe('Identifies what a run of it would do: another one once that changes.').optional(),
  lastHandledRequest: z.string().describe('The last value of the annotation awoooi.io/requested-at that was acted on.').optional(),
  lastHandledReconcileAt: z
    .string()
    .describe('The last value of the annotation reconcile.fluxcd.io/requestedAt that was acted on.')
    .optional(),
  releasedAt: Time.describe('When a person last ended its quarantine: failures before that no longer count for it.').optional(),
  forgivenFailures: z
    .number()
    .describe('What its failures weighed when its quarantine was last ended: so much no longer counts for it, as of releasedAt.')
    .optional(),
  releasedSteps: z.string().describe('Identifies the steps that it had then: for others nothing was ended.').optional(),
  lastHandledRelease: z.string().describe('The last value of the annotation awoooi.io/end-quarantine that was acted on.').optional(),
});
export type RepairPlaybookStatus = z.infer<typeof RepairPlaybookStatus>;
