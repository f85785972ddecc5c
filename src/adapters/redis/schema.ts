import { z } from 'zod';
import type { DrillReturn, Refusal } from '../../domain/ports/drill-registry.ts';
import type { WatchdogSighting } from '../../domain/ports/watchdog-sightings.ts';
import { asPortError } from './fault.ts';

const Time = z.iso.datetime().transform(text => new Date(text));

const StoredReturn = z
  .object({ nonce: z.string(), returnedAt: Time, via: z.string(), receiver: z.string().optional() })
  .transform(({ receiver, ...back }): DrillReturn => ({ ...back, ...(receiver !== undefined && { receiver }) }));

const StoredRefusal = z
  .object({
    at: Time,
    route: z.string(),
    status: z.int(),
    reason: z.string(),
    nonces: z.array(z.string()),
    bodyRead: z.boolean().optional(),
    userAgent: z.string().optional(),
    remote: z.string().optional(),
  })
  .transform(
    ({ bodyRead, userAgent, remote, ...refusal }): Refusal => ({
      ...refusal,
      ...(bodyRead !== undefined && { bodyRead }),
      ...(userAgent !== undefined && { userAgent }),
      ...(remote !== undefined && { remote }),
    }),
  );

export const StoredDrill = z.object({ owner: z.string(), expiresAt: Time });

/** Entries of a stream as XRANGE gives them: `[id, [field, value, …]]`. */
export const StreamEntries = z.array(z.tuple([z.string(), z.array(z.string())]));

export const StoredSighting = z
  .object({
    source: z.enum(['alertmanager', 'signoz']),
    labels: z.record(z.string(), z.string()),
    status: z.enum(['firing', 'resolved']),
    at: Time,
    steadyMs: z.number().optional(),
  })
  .transform(
    ({ steadyMs, ...sighting }): WatchdogSighting => ({
      ...sighting,
      ...(steadyMs !== undefined && sighting.status === 'firing' && { steadySince: new Date(steadyMs) }),
    }),
  );

export const parseReturn = (text: string): DrillReturn => parsed('give a drill return that we wrote', StoredReturn, text);
export const parseRefusal = (text: string): Refusal => parsed('give a refusal that we wrote', StoredRefusal, text);

/** JSON text through a schema; throws PortError where somebody else wrote it. */
export function parsed<T>(what: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (err) {
    throw asPortError(what, err);
  }
}
