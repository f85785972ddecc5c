import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { type Fields, fieldsAt } from '../text/json-fields.ts';

/** A rule in the long form as SigNoz' API takes it (contracts/signoz.md, section 2.1), nobody's yet: without `source`. */
export function longBody(spec: SignozAlertRuleSpec, name: string): RuleBody {
  return wireForm(spec, name);
}

/** {@link longBody} of a long form that no schema has seen yet: what it does not say is left out, not filled in. */
export function wireForm(spec: Fields, name: string): RuleBody {
  const { alertType, description, labels, annotations, disabled } = spec;
  return {
    ...saying({ alert: name, alertType, ruleType: ruleType(spec), version: 'v5', schemaVersion: spec['schemaVersion'] ?? 'v2alpha1' }),
    ...saying({ description, labels, annotations }),
    disabled: disabled === true,
    condition: condition(spec),
    ...(spec['schemaVersion'] === 'v1' ? oldWindow(spec) : newWindow(spec)),
  };
}

/** SigNoz fills in the type of some rules and refuses others without one, with a sentence that does not say so. */
function ruleType(spec: Fields): unknown {
  const { queryType } = fieldsAt(fieldsAt(spec, 'condition'), 'compositeQuery');
  return spec['ruleType'] ?? (queryType === 'promql' ? 'promql_rule' : 'threshold_rule');
}

function condition(spec: Fields): Fields {
  const { compositeQuery, thresholds, target, ...others } = fieldsAt(spec, 'condition');
  return {
    compositeQuery,
    ...saying(others),
    ...(target !== undefined && { target }),
    ...(thresholds !== undefined && { thresholds: { kind: 'basic', spec: thresholds } }),
  };
}

function oldWindow({ evalWindow, frequency, preferredChannels }: Fields): Fields {
  return saying({ evalWindow, frequency, preferredChannels });
}

/** SigNoz asks for the settings, also where they say nothing. */
function newWindow({ evaluation, notificationSettings = {} }: Fields): Fields {
  return { ...saying({ evaluation }), notificationSettings };
}

/** Without what SigNoz would leave out on reading: a target of 0 must not come here. */
function saying(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value)));
}

function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
