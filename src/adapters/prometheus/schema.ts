import { z } from 'zod';

const AlertingRule = z.object({ type: z.literal('alerting'), name: z.string(), duration: z.number().nonnegative() });
const RecordingRule = z.object({ type: z.literal('recording') });

/** Prometheus HTTP API, `GET /api/v1/rules`: only the fields we read. Durations are in seconds. */
export const RulesAnswer = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(
      z.object({ interval: z.number().nonnegative(), rules: z.array(z.discriminatedUnion('type', [AlertingRule, RecordingRule])) }),
    ),
  }),
});

export const ErrorAnswer = z.object({ error: z.string() });
