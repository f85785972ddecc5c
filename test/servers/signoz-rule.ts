import { Refusal } from './signoz-answers.ts';
import { readEvaluation } from './signoz-evaluation.ts';
import { type Fields, fieldsOf, type Json, unreadable } from './signoz-go.ts';
import { present, type RuleQuery, readQuery } from './signoz-query.ts';
import { templateErrors } from './signoz-template.ts';
import { readThresholds, type Threshold } from './signoz-threshold.ts';

export interface Rule {
  readonly alert: string;
  readonly alertType: string;
  readonly ruleType: string;
  readonly description: string;
  readonly source: string;
  readonly disabled: boolean;
  readonly version: string;
  /** As it was sent; empty is v1. */
  readonly schemaVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly preferredChannels: readonly string[];
  readonly evalWindow?: string;
  readonly frequency?: string;
  readonly condition: Condition;
  /** As they are shown. */
  readonly evaluation?: Json;
  readonly notificationSettings?: NotificationSettings;
}

interface Condition {
  readonly compositeQuery?: {
    readonly queryType: string;
    readonly panelType: string;
    readonly unit: string;
    readonly queries: readonly RuleQuery[];
  };
  readonly thresholds?: readonly Threshold[];
  readonly op: string;
  readonly matchType: string;
  readonly target?: number;
  readonly selectedQueryName: string;
  readonly seasonality: string;
  readonly requireMinPoints: boolean;
  readonly requiredNumPoints: number;
  /** What nobody but the reader looks at, as it is shown. */
  readonly rest: Json;
}

interface NotificationSettings {
  readonly groupBy?: readonly string[];
  readonly usePolicy: boolean;
  readonly renotify?: { readonly enabled: boolean; readonly interval?: string; readonly alertStates?: readonly string[] };
  readonly newGroupEvalDelay?: string;
}

/** Reads a body into a rule, defaults in place, or throws what SigNoz calls unreadable (contracts/signoz.md, section 2.9, stage A). */
export function readRule(value: unknown): Rule {
  const fields = fieldsOf(value, 'PostableRule');
  if (!fields.has('condition')) throw new Refusal('condition: field is required');
  const schemaVersion = fields.text('schemaVersion');
  const condition = readCondition(fieldsOf(fields.raw('condition'), 'RuleCondition'));
  const times = { evalWindow: fields.duration('evalWindow', 'or none'), frequency: fields.duration('frequency', 'or none') };
  const rule: Rule = {
    alert: fields.text('alert'),
    alertType: fields.text('alertType'),
    ruleType: ruleType(fields.word('ruleType'), condition.compositeQuery?.queryType),
    description: fields.text('description'),
    source: fields.text('source'),
    disabled: fields.flag('disabled'),
    version: fields.text('version') || 'v5',
    schemaVersion,
    labels: fields.pairs('labels') ?? {},
    annotations: fields.pairs('annotations') ?? {},
    preferredChannels: fields.texts('preferredChannels') ?? [],
    condition,
    ...given(
      schemaVersion === '' || schemaVersion === 'v1' ? { evalWindow: times.evalWindow ?? '5m', frequency: times.frequency ?? '1m' } : times,
    ),
    ...(fields.has('evaluation') && { evaluation: readEvaluation(fields.raw('evaluation')) }),
    ...(fields.has('notificationSettings') && {
      notificationSettings: settings(fieldsOf(fields.raw('notificationSettings'), 'NotificationSettings')),
    }),
  };
  const errors = definitionErrors(rule);
  if (errors.length > 0) throw new Refusal('alert rule definition is not valid', { errors });
  return rule;
}

function ruleType(given: string, queryType: string | undefined): string {
  if (queryType === 'promql') return 'promql_rule';
  return given === '' && queryType === 'builder' ? 'threshold_rule' : given;
}

function readCondition(fields: Fields): Condition {
  const query = fieldsOf(fields.raw('compositeQuery'), 'AlertCompositeQuery');
  const absentFor = fields.whole('absentFor', 'uint64') ?? 0;
  const texts = { targetUnit: fields.text('targetUnit'), algorithm: fields.text('algorithm') };
  return {
    ...(fields.has('compositeQuery') && {
      compositeQuery: {
        queryType: query.word('queryType'),
        panelType: query.word('panelType'),
        unit: query.text('unit'),
        queries: (query.list('queries') ?? []).map(readQuery),
      },
    }),
    ...(fields.has('thresholds') && { thresholds: readThresholds(fields.raw('thresholds')) }),
    op: fields.word('op'),
    matchType: fields.word('matchType'),
    ...given({ target: fields.number('target') }),
    selectedQueryName: fields.text('selectedQueryName'),
    seasonality: fields.word('seasonality'),
    requireMinPoints: fields.flag('requireMinPoints'),
    requiredNumPoints: fields.whole('requiredNumPoints', 'int') ?? 0,
    rest: { ...texts, alertOnAbsent: fields.flag('alertOnAbsent'), absentFor },
  };
}

function settings(fields: Fields): NotificationSettings {
  const renotify = fieldsOf(fields.raw('renotify'), 'Renotify');
  const alertStates = renotify.texts('alertStates')?.map(state => state.trim().toLowerCase());
  const wrong = alertStates?.find(state => state !== 'firing' && state !== 'nodata');
  if (wrong !== undefined) throw unreadable(`invalid alert state: ${wrong}`);
  const again = { enabled: renotify.flag('enabled'), ...given({ interval: renotify.duration('interval', 'or none'), alertStates }) };
  return {
    usePolicy: fields.flag('usePolicy'),
    ...given({ groupBy: fields.texts('groupBy'), newGroupEvalDelay: fields.duration('newGroupEvalDelay', 'or none') }),
    ...(fields.has('renotify') && { renotify: again }),
  };
}

const NAME = /^[A-Za-z_.][A-Za-z0-9_.]*$/;

function definitionErrors({ alert, version, labels, annotations }: Rule): string[] {
  const texts = [...Object.values(labels), ...Object.values(annotations)];
  return [
    ...(version === 'v5' ? [] : [`version: only v5 is supported, got "${version}"`]),
    ...Object.keys(labels).flatMap(name => (NAME.test(name) ? [] : [`invalid label name: ${name}`])),
    ...Object.keys(annotations).flatMap(name => (NAME.test(name) ? [] : [`invalid annotation name: ${name}`])),
    ...texts.flatMap(text => templateErrors(alert, text)),
  ];
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function given<T extends Json>(values: T): Given<T>;
function given(values: Json): Json {
  return present(values);
}
