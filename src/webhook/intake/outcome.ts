import type { Ingested } from '../../domain/ports/incident-store.ts';
import type { AlertStatus } from '../../telemetry/intake-metrics.ts';

/** What became of one alert of a body. */
export type Outcome =
  | Ingested
  | { readonly is: 'bad'; readonly error: string }
  /** `isDirect` where it came straight to us, not through a real sender. Watchdogs are drills too. */
  | { readonly is: 'drill'; readonly isDirect: boolean };

/** How the intake answers for one alert (DESIGN.md section 4). */
export type AlertAnswer =
  | { readonly status: 'accepted'; readonly incident_id: string | null; readonly is_new: boolean; readonly drill?: true }
  | { readonly status: 'deduplicated'; readonly incident_id: string | null; readonly is_new: false }
  | { readonly status: 'ignored'; readonly reason: string }
  | { readonly status: 'rejected'; readonly error: string };

export type IntakeAnswer = AlertAnswer & { readonly alerts?: readonly AlertAnswer[] };

/** The first alert's answer, and beside it all of them where there are several. */
export function answerFor(outcomes: readonly Outcome[]): IntakeAnswer {
  const answers = outcomes.map(alertAnswer);
  const [first, ...more] = answers;
  if (!first) return { status: 'ignored', reason: 'the body holds no alert' };
  return more.length === 0 ? first : { ...first, alerts: answers };
}

function alertAnswer(outcome: Outcome): AlertAnswer {
  switch (outcome.is) {
    case 'bad':
      return { status: 'rejected', error: outcome.error };
    case 'drill':
      return { status: 'accepted', incident_id: null, is_new: false, drill: true };
    case 'accepted':
      return { status: 'accepted', incident_id: outcome.incidentId, is_new: outcome.isNew };
    case 'deduplicated':
      return { status: 'deduplicated', incident_id: outcome.incidentId ?? null, is_new: false };
    case 'ignored':
      return { status: 'ignored', reason: outcome.reason };
  }
}

/** Under which status an alert is counted. */
export function countedAs({ is }: Outcome): AlertStatus {
  return is === 'bad' ? 'rejected' : is;
}

/** True where it came through a real sender: a direct drill proves nothing of those. */
export function provesASender(outcome: Outcome): boolean {
  return outcome.is !== 'bad' && !(outcome.is === 'drill' && outcome.isDirect);
}
