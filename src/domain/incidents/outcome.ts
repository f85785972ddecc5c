import type { Ingested, TraceEntry } from '../ports/incident-store.ts';
import type { SameAs } from './judgement.ts';

/** What became of a message, as the stores keep it: one word, the incident, and a time in milliseconds where the word has one. */
export interface Outcome {
  readonly word: 'opened' | 'accepted' | 'unknown' | SameAs;
  readonly incidentId?: string;
  readonly at?: number;
}

export const OUTCOME_WORDS = ['opened', 'accepted', 'unknown', 'request', 'occurrence', 'firing', 'newer', 'resolution'] as const;

const UNKNOWN = 'nothing is known of a firing that this would end';

/** For the sender. */
export function ingestedOf({ word, incidentId, at }: Outcome): Ingested {
  if (word === 'unknown') return { is: 'ignored', reason: UNKNOWN };
  if (word === 'opened' || word === 'accepted') return { is: 'accepted', incidentId: incidentId ?? '', isNew: word === 'opened' };
  return { is: 'deduplicated', against: against(word, at), ...(incidentId !== undefined && { incidentId }) };
}

/** For whoever asks later where the alert went. */
export function tracedOf(outcome: Outcome): Pick<TraceEntry, 'outcome' | 'incidentId' | 'detail'> {
  const ingested = ingestedOf(outcome);
  if (ingested.is === 'ignored') return { outcome: 'ignored', detail: ingested.reason };
  const incident = ingested.incidentId === undefined ? {} : { incidentId: ingested.incidentId };
  if (ingested.is === 'accepted') return { outcome: 'accepted', ...incident };
  return { outcome: 'deduplicated', detail: ingested.against, ...incident };
}

function against(word: SameAs, at: number | undefined): string {
  const time = at === undefined ? undefined : new Date(at).toISOString();
  switch (word) {
    case 'request':
      return 'a request with the same id, less than a day ago';
    case 'occurrence':
      return time === undefined ? 'the newest occurrence of this alert' : `the occurrence that was counted at ${time}`;
    case 'firing':
      return 'the firing of this alert that has not ended yet';
    case 'newer':
      return time === undefined ? 'a newer firing of this alert' : `the newer firing of this alert, which began at ${time}`;
    case 'resolution':
      return 'the resolution of this alert that came before';
  }
}
