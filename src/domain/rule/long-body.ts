import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
export function longBody(spec: SignozAlertRuleSpec, name: string): RuleBody {
  const { thresholds, ...condition } = spec.condition ?? {};
  return {
    version: 'v5',
    schemaVersion: spec.schemaVersion,
    alert: name,
    alertType: spec.alertType,
    ruleType: spec.ruleType ?? 'threshold_rule',
    description: spec.description,
    disabled: spec.disabled,
    condition: { ...condition, ...(thresholds && { thresholds: { kind: 'basic', spec: thresholds } }) },
    evaluation: spec.evaluation,
    notificationSettings: spec.notificationSettings ?? {},
    labels: spec.labels,
    annotations: spec.annotations,
  };
}
