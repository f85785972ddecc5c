import { z } from 'zod';
import { Duration, durationMs } from '../../crds/duration.ts';

/** What every answer that is no success looks like. */
export const ErrorBody = z.object({ error: z.string(), message: z.string() });

/** How every route that asks for a caller can refuse: by the request, by the caller, or because something that it needs is away. */
export const REFUSALS = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 503: ErrorBody };

/** Seconds, as a bare number (`300`) or as a duration (`5m`). */
export const Seconds = z
  .union([
    z
      .string()
      .regex(/^[0-9]{1,9}$/)
      .transform(Number),
    Duration.transform(text => durationMs(text) / 1000),
  ])
  .describe('Seconds as a number, or a duration such as 5m.');

export const Verdict = z.object({
  ok: z.boolean().describe('True only when the newest ended run passed, is young enough, and is of the spec and runToken as they stand.'),
  stale: z.boolean(),
  suspended: z.boolean(),
  maintenance: z.boolean(),
  ageSeconds: z.number().nullable().describe('Since the start of the newest ended run; null before the first.'),
  runToken: z.string().describe('The token that was handled last.'),
  startedAt: z.string().nullable(),
  failed: z.array(
    z.object({
      hop: z.string().nullable().describe('Null where the reason lies with the probe as a whole.'),
      cause: z.string(),
      message: z.string(),
    }),
  ),
});
