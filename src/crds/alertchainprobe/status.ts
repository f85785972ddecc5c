import { z } from 'zod';
import { Condition } from '../conditions.ts';

const Time = z.string().meta({ format: 'date-time' });

export const RunTrigger = z.enum(['Schedule', 'RunToken', 'Annotation', 'SpecChange', 'Rollout']);
export type RunTrigger = z.infer<typeof RunTrigger>;

export const HopStatus = z.object({
  name: z.string().describe('Name of the hop, as in the spec.'),
  type: z.string().describe('Type of the hop, as in the spec.'),
  result: z
    .enum(['Passed', 'Failed', 'Unknown'])
    .describe('Unknown: the hop could not be tried, so nothing is known of this part of the chain.'),
  cause: z.string().describe('Why the hop failed, as one CamelCase word of a closed list.').optional(),
  message: z.string().describe('What was found, as a sentence for people. Never holds a secret.').optional(),
  latency: z.string().describe('How long the hop took, as a duration.').optional(),
  statusCode: z.int32().describe('HTTP status that the hop ended with, where there was one.').optional(),
  lastSuccessTime: Time.describe('When the hop last passed.').optional(),
  steadySince: Time.describe(
    'Since when the hop has passed each time that it was run, never longer than 10 minutes apart and with one spec; absent unless it passed.',
  ).optional(),
});
export type HopStatus = z.infer<typeof HopStatus>;

/** `phase: Running` is the record of intent; a run found Running by a process that does not run it was cut off. */
export const RunStatus = z.object({
  id: z.string().describe('Identifies the run, also in logs and canaries.'),
  trigger: RunTrigger.describe('What asked for the run.'),
  phase: z
    .enum(['Running', 'Passed', 'Failed', 'Interrupted'])
    .describe('Running while it goes on; Interrupted when the operator was stopped in the middle.'),
  runToken: z.string().describe('The spec.runToken that the run began with.'),
  generation: z.int().describe('The metadata.generation whose spec the run is of.'),
  startedAt: Time.describe('When the run began.'),
  finishedAt: Time.describe('When the run ended.').optional(),
  maintenance: z.boolean().describe('True when the run began in a maintenance window.').optional(),
});
export type RunStatus = z.infer<typeof RunStatus>;

const HistoryEntry = z.object({
  id: z.string().describe('Identifies the run.'),
  trigger: RunTrigger.describe('What asked for the run.'),
  result: z.enum(['Passed', 'Failed', 'Interrupted']).describe('How the run ended.'),
  startedAt: Time.describe('When the run began.'),
  finishedAt: Time.describe('When the run ended.'),
  failedHops: z
    .array(z.string().describe('Name of a hop.'))
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('The hops that did not pass.')
    .optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

const share = (span: string) => z.string().describe(`Share of the runs of the last ${span} that passed, in percent.`).optional();

const Uptime = z.object({ '24h': share('24 hours'), '7d': share('7 days'), '30d': share('30 days') });

const Ledger = z.object({
  hours: z.string().describe('Runs per hour of the last day, packed.'),
  days: z.string().describe('Runs per day of the last 30 days, packed.'),
});

export const AlertChainProbeStatus = z.object({
  observedGeneration: z.int().describe('The metadata.generation that this status was decided for.').optional(),
  conditions: z
    .array(Condition.describe('One condition.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .describe('Ready and ChainHealthy always; Reconciling and Stalled only while they are True.')
    .optional(),
  runToken: z.string().describe('The spec.runToken that the last finished run began with.').optional(),
  provenGeneration: z.int().describe('The metadata.generation whose spec the hops below were run with.').optional(),
  lastHandledRequest: z.string().describe('The last value of the annotation awoooi.io/requested-at that was acted on.').optional(),
  lastHandledReconcileAt: z
    .string()
    .describe('The last value of the annotation reconcile.fluxcd.io/requestedAt that was acted on.')
    .optional(),
  hops: z
    .array(HopStatus.describe('One hop.'))
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .describe('What the last finished run found, hop by hop in the order of the spec.')
    .optional(),
  brokenHop: z.string().describe('The first hop that did not pass in the last finished run; absent when all passed.').optional(),
  consecutiveFailures: z.int32().describe('How many runs in a row have failed up to now.').optional(),
  lastRun: RunStatus.describe('The run that began last.').optional(),
  nextRunTime: Time.describe('When the next scheduled run begins.').optional(),
  history: z
    .array(HistoryEntry.describe('One run.'))
    .meta({ 'x-kubernetes-list-type': 'atomic' })
    .describe('Finished runs, the newest first. The last that was not cut off is always among them.')
    .optional(),
  uptime: Uptime.describe('Share of the runs that passed, over three spans of time.').optional(),
  ledger: Ledger.describe('Counts of runs from which uptime is worked out. For the operator itself.').optional(),
  rollouts: z
    .record(z.string(), z.string().describe('A rollout; empty where none was complete yet.'))
    .describe(
      'Workload (kind/name) to its rollout that was last answered with a run, or was complete at the first look. For the operator itself.',
    )
    .optional(),
  notified: z.string().describe('What was last told to spec.notify. For the operator itself.').optional(),
});
export type AlertChainProbeStatus = z.infer<typeof AlertChainProbeStatus>;
