import { Duration } from '../../crds/duration.ts';
import type { PromqlSyntax } from '../ports/promql-syntax.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { nanosecondsOf } from '../rule/go-duration.ts';
import { isRecord } from '../text/json.ts';
import { type Fields, fieldsAt } from '../text/json-fields.ts';
import type { LongForm, NotificationSettings } from './long-form.ts';
import { DEFAULT_FREQUENCY, expandedShortForm, type PromqlForm, type ShortForm } from './short-form.ts';

const SIGNS: Readonly<Record<string, string>> = {
  above: '>',
  below: '<',
  above_or_equal: '>=',
  below_or_equal: '<=',
  equal: '==',
  not_equal: '!=',
};

type Texts = Readonly<Record<string, string>>;

/**
 * The short form whose expansion is this rule of SigNoz, as it was sent or as it is read; undefined where there is none: what the short
 * form cannot say is never left out.
 */
export function shortFormOf(body: RuleBody, syntax: PromqlSyntax): ShortForm | undefined {
  if (body['schemaVersion'] !== undefined && body['schemaVersion'] !== 'v2alpha1') return undefined;
  const rest = restOf(body);
  if (!rest) return undefined;
  return candidateTexts(body)
    .map(expr => withExpr(rest, expr))
    .find(form => {
      const expansion = expandedShortForm(form, syntax);
      return expansion.ok && saysTheSame(expansion.long, body);
    });
}

function withExpr({ promql, ...shared }: ShortForm, expr: string): ShortForm {
  return { promql: { ...promql, expr }, ...shared };
}

/** Query and comparison put together again: with parentheses where they bind otherwise, on a line of its own after a comment. */
function candidateTexts(body: RuleBody): readonly string[] {
  const [query] = listAt(fieldsAt(fieldsAt(body, 'condition'), 'compositeQuery'), 'queries');
  const text = fieldsAt(query ?? {}, 'spec')['query'];
  const { op, target } = thresholdOf(body);
  if (typeof text !== 'string' || typeof op !== 'string') return [];
  const sign = SIGNS[op];
  if (sign === undefined) return [text];
  const comparison = `${sign} ${String(target)}`;
  return [`${text} ${comparison}`, `(${text}) ${comparison}`, `${text}\n${comparison}`, `(${text}\n) ${comparison}`];
}

/** All but the expression. */
function restOf(body: RuleBody): ShortForm | undefined {
  const { name: severity, channels, matchType } = thresholdOf(body);
  const { evalWindow, frequency } = fieldsAt(fieldsAt(body, 'evaluation'), 'spec');
  const window = Duration.safeParse(evalWindow);
  const every = Duration.safeParse(frequency);
  if (typeof severity !== 'string' || !window.success || !every.success) return undefined;
  const condition = fieldsAt(body, 'condition');
  const { unit } = fieldsAt(condition, 'compositeQuery');
  const { alertOnAbsent, absentFor } = condition;
  const promql: PromqlForm = {
    expr: '',
    ...(matchType === 'all_the_times' && { for: window.data }),
    severity,
    ...(Array.isArray(channels) && channels.length > 0 && { channels: channels.map(String) }),
    ...(alertOnAbsent === true && typeof absentFor === 'number' && { absentFor: minutes(absentFor) }),
    ...(typeof unit === 'string' && unit !== '' && { unit }),
    ...(every.data !== DEFAULT_FREQUENCY && { frequency: every.data }),
  };
  return { promql, ...sharedOf(body, severity) };
}

function sharedOf(body: RuleBody, severity: string): Omit<ShortForm, 'promql'> {
  const { severity: labelled, ...others } = textsAt(body, 'labels');
  const labels = labelled === undefined || labelled === severity ? others : { ...others, severity: labelled };
  const annotations = textsAt(body, 'annotations');
  const settings = settingsOf(fieldsAt(body, 'notificationSettings'));
  return {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Object.keys(settings).length > 0 && { notificationSettings: settings }),
  };
}

/** What SigNoz adds on reading is left out. */
function settingsOf(fields: Fields): NotificationSettings {
  const { groupBy, usePolicy, newGroupEvalDelay } = fields;
  const { enabled, interval, alertStates } = fieldsAt(fields, 'renotify');
  const every = Duration.safeParse(interval);
  const delay = Duration.safeParse(newGroupEvalDelay);
  const states = (['firing', 'nodata'] as const).filter(state => Array.isArray(alertStates) && alertStates.includes(state));
  return {
    ...(Array.isArray(groupBy) && { groupBy: groupBy.map(String) }),
    ...(typeof enabled === 'boolean' && {
      renotify: { enabled, ...(every.success && { interval: every.data }), ...(Array.isArray(alertStates) && { alertStates: states }) },
    }),
    ...(usePolicy === true && { usePolicy }),
    ...(delay.success && { newGroupEvalDelay: delay.data }),
  };
}

function thresholdOf(body: RuleBody): Fields {
  return listAt(fieldsAt(fieldsAt(body, 'condition'), 'thresholds'), 'spec')[0] ?? {};
}

function listAt(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function textsAt(fields: Fields, name: string): Texts {
  return Object.fromEntries(
    Object.entries(fieldsAt(fields, name)).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

function minutes(count: number): Duration {
  return count % 60 === 0 ? `${count / 60}h` : `${count}m`;
}

const COMPARED = ['alertType', 'ruleType', 'condition', 'evaluation', 'notificationSettings', 'labels', 'annotations'] as const;

function saysTheSame(long: LongForm, body: RuleBody): boolean {
  return COMPARED.every(field => plain({ it: long[field] }) === plain({ it: body[field] }));
}

const TIMES = new Set(['evalWindow', 'frequency', 'interval', 'newGroupEvalDelay']);

/** `60s` and `1m0s` are one length of time. */
function timeOrPlain(key: string, item: unknown): string {
  const ns = TIMES.has(key) ? nanosecondsOf(item) : undefined;
  return ns === undefined ? plain(item) : `${ns}`;
}

const ZEROS = new Set(['""', '0', 'false', 'null', '[]', '{}']);

/** The same text for what SigNoz takes for the same: keys in order, without those that hold a zero value. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value ?? null);
  const pairs = Object.entries(value).map(([key, item]) => [JSON.stringify(key), timeOrPlain(key, item)] as const);
  const said = pairs.filter(([, text]) => !ZEROS.has(text)).map(([key, text]) => `${key}:${text}`);
  return `{${said.toSorted((a, b) => (a < b ? -1 : 1)).join(',')}}`;
}
