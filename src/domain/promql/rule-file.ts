import type { PromqlSyntax } from '../ports/promql-syntax.ts';
import { type Conversion, type ConversionOptions, convertedRule, type PrometheusAlert, type PrometheusGroup } from './prometheus-rule.ts';
import { ruleNames } from './rule-names.ts';

export interface PrometheusRecording {
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup extends PrometheusGroup {
  readonly rules: readonly (PrometheusAlert | PrometheusRecording)[];
}

/** What became of one rule. */
export interface RuleOutcome {
  readonly group: string;
  /** Of the alert, or of the series that is recorded. */
  readonly name: string;
  readonly conversion: Conversion;
}

/** What becomes of every rule of these groups, in their order; the names of the objects are unique among all of them. */
export function convertedGroups(
  groups: readonly RuleGroup[],
  { options, syntax }: { readonly options: Omit<ConversionOptions, 'name'>; readonly syntax: PromqlSyntax },
): readonly RuleOutcome[] {
  const names = ruleNames(groups.flatMap(({ rules }) => rules.filter(rule => 'alert' in rule)));
  let next = 0;
  return groups.flatMap(group =>
    group.rules.map(rule => {
      if (!('alert' in rule)) return { group: group.name, name: rule.record, conversion: leftOut(rule) };
      const conversion = convertedRule(rule, { group, options: { ...options, name: names[next++] ?? '' }, syntax });
      return { group: group.name, name: rule.alert, conversion };
    }),
  );
}

function leftOut({ record }: PrometheusRecording): Conversion {
  const message = `${record} is a recording rule, and SigNoz records none: write its expression into the alerts that read it, or keep it where it is recorded`;
  return { ok: false, refusals: [{ code: 'RecordingRule', field: 'record', message }], notes: [] };
}
