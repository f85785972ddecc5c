import type { AlertSource } from '../../telemetry/intake-metrics.ts';
import type { Credentials } from './credentials.ts';

/** Of which senders alerts are taken from anybody: those without a credential, where that is allowed. */
export function openSenders({ alertmanager, signoz, sentry, allowUnauthenticated }: Credentials): readonly AlertSource[] {
  if (!allowUnauthenticated) return [];
  const guarded: Readonly<Record<AlertSource, number>> = {
    alertmanager: alertmanager.bearerTokens.length + alertmanager.basic.length,
    signoz: signoz.bearerTokens.length + signoz.basic.length,
    sentry: sentry.clientSecrets.length + sentry.urlTokens.length,
  };
  return (['alertmanager', 'signoz', 'sentry'] as const).filter(source => guarded[source] === 0);
}
