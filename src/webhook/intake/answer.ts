import type { AlertStatus } from '../../telemetry/intake-metrics.ts';
import type { Received } from './receive.ts';

/** How the intake answers for one alert (DESIGN.md section 4). `incident_id` stays null until alerts become incidents. */
export type AlertAnswer =
  | { readonly status: 'accepted'; readonly incident_id: null; readonly is_new: boolean; readonly drill?: true }
  | { readonly status: 'rejected'; readonly error: string };

export type IntakeAnswer = (AlertAnswer | { readonly status: 'ignored'; readonly reason: string }) & {
  readonly alerts?: readonly AlertAnswer[];
};

/** The first alert's answer, and beside it all of them where there are several. */
export function answerFor(received: readonly Received[]): IntakeAnswer {
  const answers = received.map(alertAnswer);
  const [first, ...more] = answers;
  if (!first) return { status: 'ignored', reason: 'the body holds no alert' };
  return more.length === 0 ? first : { ...first, alerts: answers };
}

function alertAnswer(received: Received): AlertAnswer {
  if (received.is === 'bad') return { status: 'rejected', error: received.error };
  const accepted = { status: 'accepted', incident_id: null } as const;
  return received.what.is === 'real' ? { ...accepted, is_new: true } : { ...accepted, is_new: false, drill: true };
}

/** Under which status an alert is counted. */
export function countedAs(received: Received): AlertStatus {
  if (received.is === 'bad') return 'rejected';
  return received.what.is === 'real' ? 'accepted' : 'drill';
}
