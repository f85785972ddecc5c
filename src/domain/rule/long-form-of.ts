import type { RuleBody } from '../ports/signoz-rules.ts';
import { isRecord } from '../text/json.ts';
import { type Fields, fieldsAt } from '../text/json-fields.ts';
import { word } from './forms.ts';
import { durationText, nanosecondsOf } from './go-duration.ts';

interface LongForm {
  readonly spec: Fields;
  readonly notes: readonly string[];
}

/** The long form that says what a rule's normal form says. The rule itself is asked for what the normal form makes equal. */
export function longFormOf(normal: RuleBody, body: RuleBody): LongForm {
  const { alert, alertType, description, labels, annotations, disabled, evalWindow, frequency, preferredChannels } = normal;
  const isOld = normal['schemaVersion'] === undefined;
  const thresholds = thresholdsOf(normal, body);
  const spec = given({
    name: alert,
    description,
    alertType: alertType ?? 'METRIC_BASED_ALERT',
    ruleType: ruleType(normal),
    ...(isOld && { schemaVersion: 'v1' }),
    condition: { ...conditionOf(normal, body), ...(!isOld && { thresholds: thresholds.spec }) },
    ...(isOld
      ? { evalWindow: milliseconds(evalWindow), frequency: milliseconds(frequency), preferredChannels }
      : { evaluation: evaluationOf(normal), notificationSettings: settingsOf(normal) }),
    labels,
    annotations,
    ...(disabled === true && { disabled }),
  });
  return { spec, notes: isOld ? [] : thresholds.notes };
}

/** Left out where it is the one that the queries decide. */
function ruleType(normal: RuleBody): unknown {
  const { queryType } = fieldsAt(fieldsAt(normal, 'condition'), 'compositeQuery');
  const usual = queryType === 'promql' ? 'promql_rule' : 'threshold_rule';
  return normal['ruleType'] === usual ? undefined : normal['ruleType'];
}

const CONDITION = ['requireMinPoints', 'requiredNumPoints', 'op', 'matchType', 'target', 'targetUnit', 'algorithm', 'seasonality'];

function conditionOf(normal: RuleBody, body: RuleBody): Fields {
  const condition = fieldsAt(normal, 'condition');
  const { queryType, panelType, unit, queries } = fieldsAt(condition, 'compositeQuery');
  const { selectedQueryName, alertOnAbsent, absentFor } = condition;
  const raw = listAt(fieldsAt(fieldsAt(body, 'condition'), 'compositeQuery'), 'queries');
  return given({
    compositeQuery: given({
      queryType,
      panelType: panelType === 'graph' ? undefined : panelType,
      unit,
      queries: Array.isArray(queries) ? queries.map((query: unknown, n) => queryOf(query, raw[n])) : [],
    }),
    selectedQueryName,
    // Without alertOnAbsent nobody asks for how long.
    ...(alertOnAbsent === true && { alertOnAbsent, absentFor }),
    ...Object.fromEntries(CONDITION.map(name => [name, condition[name]])),
  });
}

/** The normal form calls all numbers one type; SigNoz itself tells int64 from the others. */
function queryOf(query: unknown, raw: unknown): unknown {
  if (!isRecord(query)) return query;
  const spec = fieldsAt(query, 'spec');
  const own = fieldsAt(isRecord(raw) ? raw : {}, 'spec');
  const lists = ['groupBy', 'selectFields', 'order'].filter(name => Array.isArray(spec[name]));
  const typed = lists.map(name => {
    const given = listAt(own, name);
    return [name, listAt(spec, name).map((item, n) => withOwnType(item, given[n]))] as const;
  });
  return { ...query, spec: { ...spec, ...Object.fromEntries(typed) } };
}

function withOwnType(item: unknown, raw: unknown): unknown {
  if (!isRecord(item) || !isRecord(raw)) return item;
  if (isRecord(item['key'])) return { ...item, key: withOwnType(item['key'], raw['key']) };
  const type = word(raw['fieldDataType']);
  return item['fieldDataType'] === 'number' && type !== undefined ? { ...item, fieldDataType: type } : item;
}

function thresholdsOf(normal: RuleBody, body: RuleBody): { readonly spec: readonly Fields[]; readonly notes: readonly string[] } {
  const keyed = Object.entries(fieldsAt(fieldsAt(normal, 'condition'), 'thresholds'));
  const written = listAt(fieldsAt(fieldsAt(body, 'condition'), 'thresholds'), 'spec');
  const names = new Set(written.flatMap(item => (isRecord(item) ? [item['name']] : [])));
  const renamed = keyed.map(([name]) => name).filter(name => !names.has(name));
  return {
    spec: keyed.map(([name, threshold]) => ({ name, ...(isRecord(threshold) && threshold) })),
    notes: renamed.map(name => `two thresholds have the same name; one of them becomes ${JSON.stringify(name)}`),
  };
}

function evaluationOf(normal: RuleBody): unknown {
  const { evaluation } = normal;
  if (!isRecord(evaluation)) return evaluation;
  const { evalWindow, frequency, ...others } = fieldsAt(evaluation, 'spec');
  return given({
    kind: evaluation['kind'],
    spec: given({ evalWindow: milliseconds(evalWindow), frequency: milliseconds(frequency), ...others }),
  });
}

function settingsOf(normal: RuleBody): unknown {
  const { notificationSettings } = normal;
  if (!isRecord(notificationSettings)) return notificationSettings;
  const { renotify, newGroupEvalDelay, ...others } = notificationSettings;
  const { enabled = false, interval, ...states } = fieldsAt(notificationSettings, 'renotify');
  return given({
    ...others,
    ...(renotify !== undefined && { renotify: given({ enabled, interval: milliseconds(interval), ...states }) }),
    newGroupEvalDelay: milliseconds(newGroupEvalDelay),
  });
}

const MS = 1_000_000n;

/** A duration in whole milliseconds, which are the least that a spec can say. */
function milliseconds(value: unknown): unknown {
  const ns = nanosecondsOf(value);
  if (ns === undefined || ns % MS === 0n) return value;
  return durationText(ns < MS ? MS : ns - (ns % MS));
}

function listAt(fields: Fields, name: string): readonly unknown[] {
  const list = fields[name];
  return Array.isArray(list) ? list : [];
}

function given(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
