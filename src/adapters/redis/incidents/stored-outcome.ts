import { z } from 'zod';
import { ALERT_SOURCES } from '../../../domain/alerts/alert.ts';
import { OUTCOME_WORDS, type Outcome, tracedOf } from '../../../domain/incidents/outcome.ts';
import type { TraceEntry } from '../../../domain/ports/incident-store.ts';

/** Word, incident, time; an empty text is none. */
export const StoredOutcome = z.tuple([z.enum(OUTCOME_WORDS), z.string(), z.union([z.string(), z.number()])]).transform(
  ([word, incidentId, at]): Outcome => ({
    word,
    ...(incidentId !== '' && { incidentId }),
    ...(at !== '' && { at: Number(at) }),
  }),
);

const Trace = z.tuple([
  z.coerce.number(),
  z.string(),
  z.enum(ALERT_SOURCES),
  z.enum(['firing', 'resolved']),
  z.enum(OUTCOME_WORDS),
  z.string(),
  z.string(),
]);

/** Separated by tabs: time, replica, source, status, then the outcome. */
export const StoredTrace = z.string().transform((text): TraceEntry => {
  const [at, replica, source, status, ...outcome] = Trace.parse(text.split('\t'));
  return { at: new Date(at), replica, source, status, ...tracedOf(StoredOutcome.parse(outcome)) };
});
