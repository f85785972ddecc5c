import type { RuleLeaving, SignozAlertRuleStatus } from '../../crds/signozalertrule/status.ts';
import { timeOf } from './turn.ts';

type Status = SignozAlertRuleStatus | undefined;

/** The rule that the status names in this SigNoz, also one that the object was about to leave before it came back. */
export function recordedId(status: Status, url: string): string | undefined {
  const { ruleId, connection, leaving = [] } = status ?? {};
  if (connection === undefined || connection.url === url) return ruleId;
  return leaving.find(one => one.connection.url === url)?.ruleId;
}

interface Here {
  readonly url: string;
  readonly ruleId: string | undefined;
  readonly now: Date;
}

/** What the status names elsewhere than where the object's rule is. The same id: it is the same SigNoz under another URL. */
export function leavingOf(status: Status, { url, ruleId: id, now }: Here): readonly RuleLeaving[] {
  const { ruleId, connection, leaving = [] } = status ?? {};
  const hasMoved = ruleId !== undefined && connection !== undefined && connection.url !== url;
  const moved = hasMoved ? [{ ruleId, connection, since: timeOf(now) }] : [];
  return [...moved, ...leaving.filter(one => one.ruleId !== ruleId)].filter(one => one.ruleId !== id);
}
