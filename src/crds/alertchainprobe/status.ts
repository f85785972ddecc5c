import { z } from 'zod';
import { Condition } from '../conditions.ts';

const Time = z.string().meta({ format: 'date-time' });

export const RunTrigger = z.enum(['Schedule', 'RunToken', 'Annotation', 'Rollout']);
export type RunTrigger = z.infer<typeof RunTrigger>;

export const HopStatus = z.object({
  name: z.string(),
  type: z.string(),
  result: z.enum(['Passed', 'Failed', 'Unknown']),
  cause: z.string().optional(),
  message: z.string().optional(),
  latency: z.string().optional(),
  statusCode: z.int().optional(),
  lastSuccessTime: Time.optional(),
});
export type HopStatus = z.infer<typeof HopStatus>;

/** `phase: Running` is the record of intent; a run found Running by a process that does not run it was cut off. */
export const RunStatus = z.object({
  id: z.string(),
  trigger: RunTrigger,
  phase: z.enum(['Running', 'Passed', 'Failed', 'Interrupted']),
  runToken: z.string(),
  startedAt: Time,
  finishedAt: Time.optional(),
  maintenance: z.boolean().optional(),
});
export type RunStatus = z.infer<typeof RunStatus>;

const HistoryEntry = z.object({
  id: z.string(),
  trigger: RunTrigger,
  result: z.enum(['Passed', 'Failed', 'Interrupted']),
  startedAt: Time,
  finishedAt: Time,
  failedHops: z.array(z.string()).optional(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const AlertChainProbeStatus = z.object({
  observedGeneration: z.int().optional(),
  conditions: z.array(Condition).optional(),
  runToken: z.string().optional(),
  lastHandledRequest: z.string().optional(),
  lastHandledReconcileAt: z.string().optional(),
  hops: z.array(HopStatus).optional(),
  brokenHop: z.string().optional(),
  consecutiveFailures: z.int().optional(),
  lastRun: RunStatus.optional(),
  nextRunTime: Time.optional(),
  history: z.array(HistoryEntry).optional(),
  uptime: z.object({ '24h': z.string().optional(), '7d': z.string().optional(), '30d': z.string().optional() }).optional(),
  ledger: z.object({ hours: z.string(), days: z.string() }).optional(),
  rollouts: z.record(z.string(), z.string()).optional(),
  notified: z.string().optional(),
});
export type AlertChainProbeStatus = z.infer<typeof AlertChainProbeStatus>;
