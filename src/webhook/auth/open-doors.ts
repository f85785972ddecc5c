import { ALERT_SOURCES, type AlertSource } from '../../telemetry/intake-metrics.ts';
import type { Credentials } from './credentials.ts';

/** Where somebody comes in: a sender of alerts, or whoever uses the API. */
export type Door = AlertSource | 'api';

const DOORS: readonly Door[] = [...ALERT_SOURCES, 'api'];

/**
 * Where anybody comes in: the doors without a credential, where that is allowed. That of Telegram is never open: without a secret nobody
 * may press.
 */
export function openDoors({ alertmanager, signoz, sentry, api, allowUnauthenticated }: Credentials): readonly Door[] {
  if (!allowUnauthenticated) return [];
  const guarded: Readonly<Record<Door, number>> = {
    alertmanager: alertmanager.bearerTokens.length + alertmanager.basic.length,
    signoz: signoz.bearerTokens.length + signoz.basic.length,
    sentry: sentry.clientSecrets.length + sentry.urlTokens.length,
    api: api.length,
  };
  return DOORS.filter(door => guarded[door] === 0);
}
