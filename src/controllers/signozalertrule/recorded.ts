import type { SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';

/** The rule that the status names, unless that is one of another SigNoz. */
export function recordedId(status: SignozAlertRuleStatus | undefined, url: string): string | undefined {
  const { ruleId, connection } = status ?? {};
  return connection === undefined || connection.url === url ? ruleId : undefined;
}
