import type { ReceivedAlert } from '../ports/alert-intake.ts';
import type { Alert } from './alert.ts';
import { alertOf } from './alert-of.ts';
import { readAlert } from './read-alert.ts';

/** The alert in an entry of the stream that earlier versions kept; undefined where nothing can be made of it. */
export function receivedAlert({ source, receivedAt, alert }: ReceivedAlert): Alert | undefined {
  if (source === 'sentry') return undefined;
  const parsed = readAlert(alert, { at: 'the alert', now: receivedAt });
  return parsed.is === 'alert' ? alertOf(source, parsed.alert) : undefined;
}
