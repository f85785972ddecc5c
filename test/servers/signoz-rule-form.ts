import type { Json } from './signoz-go.ts';
import { present } from './signoz-query.ts';
import type { Rule } from './signoz-rule.ts';
import { sortedThresholds } from './signoz-threshold.ts';

/** A rule as every read shows it, without the fields that the server owns (contracts/signoz.md, section 1.6). */
export function shownRule(rule: Rule, { sorted = false } = {}): Json {
  const { schemaVersion, evaluation, notificationSettings } = rule;
  const isOld = schemaVersion === '' || schemaVersion === 'v1';
  return {
    ...present({ evalWindow: rule.evalWindow, frequency: rule.frequency }),
    ...withoutZeros({ description: rule.description, source: rule.source }),
    ...withoutZeros({ labels: rule.labels, annotations: rule.annotations, preferredChannels: rule.preferredChannels }),
    alert: rule.alert,
    alertType: rule.alertType,
    ruleType: rule.ruleType,
    condition: shownCondition(rule, { sorted, isOld }),
    disabled: rule.disabled,
    version: rule.version,
    ...(!isOld && present({ schemaVersion, evaluation, notificationSettings })),
  };
}

function shownCondition({ condition }: Rule, { sorted, isOld }: { sorted: boolean; isOld: boolean }): Json {
  const { compositeQuery, thresholds = [], target, rest } = condition;
  const { op, matchType, selectedQueryName, seasonality, requireMinPoints, requiredNumPoints } = condition;
  return {
    ...(compositeQuery && {
      compositeQuery: {
        queries: compositeQuery.queries.map(({ type, spec }) => ({ type, spec })),
        panelType: compositeQuery.panelType,
        queryType: compositeQuery.queryType,
        ...withoutZeros({ unit: compositeQuery.unit }),
      },
    }),
    ...withoutZeros({ op, matchType, selectedQueryName, seasonality, requireMinPoints, requiredNumPoints, ...rest }),
    ...present({ target }),
    ...(!isOld && condition.thresholds && { thresholds: { kind: 'basic', spec: sorted ? sortedThresholds(thresholds) : thresholds } }),
  };
}

/** Go's `omitempty`. */
function withoutZeros(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isZero(value)));
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}
