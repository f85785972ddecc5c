import { type Duration, durationMs } from '../../crds/duration.ts';
import type { PromqlComparison, PromqlReading, PromqlSyntax } from '../ports/promql-syntax.ts';
import { translatedText } from './annotation-template.ts';
import { metricWarnings } from './known-metrics.ts';
import type { LongForm, NotificationSettings, ThresholdOp } from './long-form.ts';
import type { Note, Refusal } from './note.ts';
import { isSignozName } from './signoz-name.ts';
import { chosenUnit } from './value-unit.ts';

type Texts = Readonly<Record<string, string>>;

/** What a Prometheus rule says: the field `promql` of a SignozAlertRule. */
export interface PromqlForm {
  readonly expr: string;
  readonly for?: Duration | undefined;
  /** Also the name of the threshold. Left out: warning. */
  readonly severity?: string | undefined;
  readonly channels?: readonly string[] | undefined;
  /** Whole minutes. */
  readonly absentFor?: Duration | undefined;
  readonly unit?: string | undefined;
  /** How often SigNoz evaluates. Left out: 1m. */
  readonly frequency?: Duration | undefined;
}

export interface ShortForm {
  readonly promql: PromqlForm;
  readonly labels?: Texts | undefined;
  readonly annotations?: Texts | undefined;
  readonly notificationSettings?: NotificationSettings | undefined;
}

export type Expansion =
  | { readonly ok: true; readonly long: LongForm; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

export const DEFAULT_SEVERITY = 'warning';
export const DEFAULT_FREQUENCY = '1m';

const MINUTE_MS = 60_000;
const OPS: Readonly<Record<PromqlComparison['operator'], ThresholdOp>> = {
  '>': 'above',
  '<': 'below',
  '>=': 'above_or_equal',
  '<=': 'below_or_equal',
  '==': 'equal',
  '!=': 'not_equal',
};

/** The short form as SigNoz takes it, with what that changes; or all that SigNoz would not take or never evaluate. */
export function expandedShortForm(rule: ShortForm, syntax: PromqlSyntax): Expansion {
  const { promql } = rule;
  const read = syntax.read(promql.expr);
  const texts = translatedTexts(rule);
  const refusals = [
    ...(read.ok ? targetRefusals(read.reading) : read.problems.map(invalidQuery)),
    ...absentForRefusals(promql),
    ...texts.refusals,
    ...nameRefusals(rule),
  ];
  if (!read.ok || refusals.length > 0) return { ok: false, refusals };
  const unit = chosenUnit(promql.unit, texts.units);
  const { absentFor, frequency = DEFAULT_FREQUENCY, severity = DEFAULT_SEVERITY } = promql;
  const long: LongForm = {
    alertType: 'METRIC_BASED_ALERT',
    ruleType: 'promql_rule',
    condition: {
      compositeQuery: {
        queryType: 'promql',
        panelType: 'graph',
        ...(unit.unit !== undefined && { unit: unit.unit }),
        queries: [{ type: 'promql', spec: { name: 'A', query: read.reading.comparison?.query ?? promql.expr } }],
      },
      selectedQueryName: 'A',
      thresholds: { kind: 'basic', spec: [threshold(promql, read.reading)] },
      ...(absentFor !== undefined && { alertOnAbsent: true, absentFor: durationMs(absentFor) / MINUTE_MS }),
    },
    evaluation: { kind: 'rolling', spec: { evalWindow: holds(promql) ? promql.for : frequency, frequency } },
    notificationSettings: rule.notificationSettings ?? {},
    labels: { severity, ...texts.labels },
    annotations: texts.annotations,
  };
  return { ok: true, long, notes: [...queryNotes(promql, read.reading), ...windowNotes(promql), ...texts.notes, ...unit.notes] };
}

function threshold(promql: PromqlForm, { comparison }: PromqlReading): LongForm['condition']['thresholds']['spec'][0] {
  return {
    name: promql.severity ?? DEFAULT_SEVERITY,
    // A negative zero is none in JSON. Whatever a sample is, it lies outside of nothing: every series that the query returns fires.
    ...(comparison ? { op: OPS[comparison.operator], target: comparison.number + 0 } : { op: 'outside_bounds', target: 0 }),
    matchType: holds(promql) ? 'all_the_times' : 'at_least_once',
    ...(promql.channels && { channels: promql.channels }),
  };
}

function holds(promql: PromqlForm): promql is PromqlForm & { readonly for: Duration } {
  return promql.for !== undefined && durationMs(promql.for) > 0;
}

function invalidQuery(problem: NonNullable<Refusal['problem']>): Refusal {
  return { code: 'InvalidQuery', field: 'expr', message: problem.message, problem };
}

function targetRefusals({ comparison }: PromqlReading): readonly Refusal[] {
  if (!comparison || Number.isFinite(comparison.number)) return [];
  const message = `expr: ${comparison.number} is no threshold that SigNoz can store: compare with a finite number, or put the comparison into parentheses with "and" of what it should mean`;
  return [{ code: 'InvalidTarget', field: 'expr', message }];
}

function absentForRefusals({ absentFor }: PromqlForm): readonly Refusal[] {
  if (absentFor === undefined) return [];
  const ms = durationMs(absentFor);
  if (ms >= MINUTE_MS && ms % MINUTE_MS === 0) return [];
  const message = `absentFor: SigNoz counts whole minutes, and ${absentFor} is none: write 1m or more`;
  return [{ code: 'InvalidDuration', field: 'absentFor', message }];
}

function nameRefusals({ labels = {}, annotations = {} }: ShortForm): readonly Refusal[] {
  return Object.entries({ labels, annotations }).flatMap(([map, texts]) =>
    Object.keys(texts).flatMap(name =>
      isSignozName(name)
        ? []
        : [
            {
              code: 'InvalidName' as const,
              field: `${map}.${name}`,
              message: `${map}.${name}: SigNoz takes letters, digits, _ and . in a name: rename it`,
            },
          ],
    ),
  );
}

interface Texted {
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly units: readonly string[];
  readonly notes: readonly Note[];
  readonly refusals: readonly Refusal[];
}

function translatedTexts({ labels = {}, annotations = {} }: ShortForm): Texted {
  const results = Object.entries({ labels, annotations }).flatMap(([map, texts]) =>
    Object.entries(texts).map(([name, text]) => ({ map, name, result: translatedText(text, { field: `${map}.${name}` }) })),
  );
  const textsOf = (map: string): Texts =>
    Object.fromEntries(results.flatMap(each => (each.map === map && each.result.ok ? [[each.name, each.result.text]] : [])));
  return {
    labels: textsOf('labels'),
    annotations: textsOf('annotations'),
    units: results.flatMap(({ result }) => (result.ok ? result.units : [])),
    notes: results.flatMap(({ result }) => (result.ok ? result.notes : [])),
    refusals: results.flatMap(({ result }) => (result.ok ? [] : result.refusals)),
  };
}

function queryNotes(promql: PromqlForm, reading: PromqlReading): readonly Note[] {
  const { comparison, absentOf } = reading;
  const notes: Note[] = [];
  if (!comparison) notes.push(said('AnySample', anySample(promql)));
  if (promql.absentFor === undefined && absentOf !== undefined) {
    const message = `a query that returns nothing is told apart in SigNoz: write ${absentOf} with a comparison that never fires, and absentFor: ${promql.for ?? '5m'}`;
    notes.push(said('AbsentOffered', message));
  }
  if (promql.absentFor === undefined && comparison && isAboutNothing(comparison)) {
    notes.push(
      said('SilentWithoutSeries', 'a series that stops fires nothing in SigNoz: give absentFor where that should be told as well'),
    );
  }
  return [...notes, ...metricWarnings(reading)];
}

function anySample(promql: PromqlForm): string {
  const fires = 'no comparison with a number stands outermost: every series that the query returns fires, whatever its value';
  if (!holds(promql)) return fires;
  return `${fires}, and for does not hold it back, since SigNoz sees only the points that are there: the first one fires`;
}

/** It asks whether something is at zero, which is often the moment at which its series ends. */
function isAboutNothing({ operator, number }: PromqlComparison): boolean {
  return (operator === '==' || operator === '<=') && number === 0;
}

function windowNotes(promql: PromqlForm): readonly Note[] {
  const { frequency = DEFAULT_FREQUENCY } = promql;
  const late = 'and SigNoz evaluates a window 2 minutes late, unless its ruler.eval_delay says otherwise';
  if (!holds(promql)) {
    return [{ code: 'LateWindow', field: 'for', message: `one point over the threshold within the last ${frequency} fires, ${late}` }];
  }
  const message = `SigNoz holds no alert back: it fires when every point of the last ${promql.for} is over the threshold, ${late}`;
  const notes: Note[] = [{ code: 'HoldAsWindow', field: 'for', message }];
  if (durationMs(promql.for) < MINUTE_MS) {
    const short = `SigNoz cuts a window to whole minutes: one of ${promql.for} may hold no point at all. Write 1m or more`;
    notes.push({ code: 'ShortWindow', field: 'for', message: short });
  }
  return notes;
}

function said(code: Note['code'], message: string): Note {
  return { code, field: 'expr', message };
}
