import { type Duration, durationMs } from '../../crds/duration.ts';
import type { PromqlSyntax } from '../ports/promql-syntax.ts';
import { translatedTexts, withSignozNames } from './foreign-texts.ts';
import type { NotificationSettings } from './long-form.ts';
import type { Note, Refusal } from './note.ts';
import { goDuration } from './prometheus-duration.ts';
import { DEFAULT_FREQUENCY, DEFAULT_SEVERITY, expandedShortForm, type PromqlForm } from './short-form.ts';
import { chosenUnit } from './value-unit.ts';

type Texts = Readonly<Record<string, string>>;

/** An alert of a Prometheus rule file, in its words. */
export interface PrometheusAlert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
}

/** What a group says of its rules. */
export interface PrometheusGroup {
  readonly name: string;
  readonly interval?: string;
  readonly limit?: number;
  readonly query_offset?: string;
  readonly labels?: Texts;
  readonly partial_response_strategy?: string;
}

export interface ConversionOptions {
  /** The name of the object; {@link ruleNames} gives one for each of a run. */
  readonly name: string;
  readonly namespace?: string;
  /** Without one, the route policies of SigNoz decide. */
  readonly channels?: readonly string[];
  /** The Secret that says how SigNoz is reached. */
  readonly secretName?: string;
}

/** A SignozAlertRule in its short form. */
export interface ConvertedRule {
  readonly apiVersion: 'awoooi.io/v1alpha1';
  readonly kind: 'SignozAlertRule';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly signoz?: { readonly secretRef: { readonly name: string } };
    readonly name: string;
    readonly promql: PromqlForm;
    readonly labels?: Texts;
    readonly annotations?: Texts;
    readonly notificationSettings?: NotificationSettings;
  };
}

export type Conversion =
  | { readonly ok: true; readonly rule: ConvertedRule; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[]; readonly notes: readonly Note[] };

/** What SigNoz has nothing like, said of a group or of a rule. */
const UNKNOWN_TO_SIGNOZ = {
  keep_firing_for: 'SigNoz has no such time: an alert resolves with the first evaluation that is not over the threshold',
  limit: 'SigNoz limits no rule to a number of alerts',
  query_offset: 'SigNoz evaluates 2 minutes late for every rule alike (ruler.eval_delay)',
  partial_response_strategy: 'SigNoz knows no partial responses',
} as const;

/** An alert of a Prometheus rule file as a SignozAlertRule, with what that changes; or by name what it cannot be. */
export function convertedRule(
  alert: PrometheusAlert,
  { group, options, syntax }: { readonly group: PrometheusGroup; readonly options: ConversionOptions; readonly syntax: PromqlSyntax },
): Conversion {
  const labels = withSignozNames('labels', { ...group.labels, ...alert.labels });
  const annotations = withSignozNames('annotations', alert.annotations ?? {});
  const texts = { labels: translatedTexts('labels', labels.texts), annotations: translatedTexts('annotations', annotations.texts) };
  const severity = severityOf(texts.labels.texts);
  const times = timesOf(alert, group);
  const unit = chosenUnit(undefined, [...texts.labels.units, ...texts.annotations.units]);
  const { channels, name, namespace, secretName } = options;
  const promql: PromqlForm = {
    expr: alert.expr.trim(),
    ...times.times,
    severity: severity.severity,
    ...(channels && { channels }),
    ...(unit.unit !== undefined && { unit: unit.unit }),
  };
  const form = {
    promql,
    ...(Object.keys(severity.labels).length > 0 && { labels: severity.labels }),
    ...(Object.keys(texts.annotations.texts).length > 0 && { annotations: texts.annotations.texts }),
    ...(!channels && { notificationSettings: { usePolicy: true } }),
  };
  const expansion = expandedShortForm(form, syntax);
  const parts = [labels, annotations, texts.labels, texts.annotations, times];
  const notes = [...parts, severity, unit].flatMap(part => part.notes);
  const refusals = [...parts.flatMap(part => part.refusals), ...(expansion.ok ? [] : expansion.refusals)];
  if (!expansion.ok || refusals.length > 0) return { ok: false, refusals, notes: [...notes, ...leftOutNotes(alert, group)] };
  return {
    ok: true,
    rule: {
      apiVersion: 'awoooi.io/v1alpha1',
      kind: 'SignozAlertRule',
      metadata: { name, ...(namespace !== undefined && { namespace }) },
      spec: { ...(secretName !== undefined && { signoz: { secretRef: { name: secretName } } }), name: alert.alert, ...form },
    },
    notes: [...notes, ...leftOutNotes(alert, group), ...expansion.notes],
  };
}

function severityOf(labels: Texts): { readonly severity: string; readonly labels: Texts; readonly notes: readonly Note[] } {
  const { severity = '', ...others } = labels;
  const plain = severity.trim();
  if (plain !== '' && !plain.includes('{{')) return { severity: plain, labels: others, notes: [] };
  const why = plain === '' ? 'the rule has no severity' : 'the severity is a template, which stays as the label';
  const message = `${why}: the threshold is called ${DEFAULT_SEVERITY}`;
  const note: Note = { code: 'SeverityChosen', field: 'labels.severity', message };
  return { severity: DEFAULT_SEVERITY, labels: plain === '' ? others : labels, notes: [note] };
}

interface Times {
  readonly times: { readonly for?: Duration; readonly frequency?: Duration };
  readonly notes: readonly Note[];
  readonly refusals: readonly Refusal[];
}

function timesOf(alert: PrometheusAlert, group: PrometheusGroup): Times {
  const hold = wholeMinutes('for', alert.for);
  const every = wholeMinutes('interval', group.interval);
  const isOwn = durationMs(every.time ?? DEFAULT_FREQUENCY) !== durationMs(DEFAULT_FREQUENCY);
  return {
    times: { ...(hold.time !== undefined && { for: hold.time }), ...(isOwn && every.time !== undefined && { frequency: every.time }) },
    notes: [...hold.notes, ...every.notes],
    refusals: [...hold.refusals, ...every.refusals],
  };
}

interface WholeMinutes {
  /** Left out also for none at all, such as 0s. */
  readonly time?: Duration;
  readonly notes: readonly Note[];
  readonly refusals: readonly Refusal[];
}

/** SigNoz cuts its windows to whole minutes: one of less than a minute may hold no point, and of one and a half a half is cut off. */
function wholeMinutes(field: string, text: string | undefined): WholeMinutes {
  const time = text === undefined ? '0s' : goDuration(text.trim());
  if (time === undefined) {
    const message = `${field}: ${text ?? ''} is no duration of Prometheus, or one that is too long: write one such as 5m or 1d`;
    return { notes: [], refusals: [{ code: 'InvalidDuration', field, message }] };
  }
  if (durationMs(time) === 0) return { notes: [], refusals: [] };
  const minutes = Math.ceil(durationMs(time) / durationMs('1m'));
  if (durationMs(time) === minutes * durationMs('1m')) return { time, notes: [], refusals: [] };
  const rounded: Duration = `${minutes}m`;
  const message = `${time} became ${rounded}: SigNoz cuts windows to whole minutes, and is asked to look at them no more often`;
  return { time: rounded, notes: [{ code: 'DurationRounded', field, message }], refusals: [] };
}

function leftOutNotes(alert: PrometheusAlert, group: PrometheusGroup): readonly Note[] {
  const given: Readonly<Record<keyof typeof UNKNOWN_TO_SIGNOZ, unknown>> = {
    keep_firing_for: alert.keep_firing_for,
    limit: group.limit === 0 ? undefined : group.limit,
    query_offset: group.query_offset,
    partial_response_strategy: group.partial_response_strategy,
  };
  return Object.entries(UNKNOWN_TO_SIGNOZ).flatMap(([field, why]) =>
    Object.entries(given).some(([name, value]) => name === field && value !== undefined)
      ? [{ code: 'NotTranslated', field, message: `${field} was left out: ${why}` } satisfies Note]
      : [],
  );
}
