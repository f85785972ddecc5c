import { Duration } from '../crds/duration.ts';
import { parseSignozAlertRule } from '../crds/signozalertrule/parse.ts';
import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import type { RuleBody } from '../domain/ports/signoz-rules.ts';
import { shortFormOf } from '../domain/promql/short-form-of.ts';
import { differences } from '../domain/rule/differences.ts';
import { differencesText } from '../domain/rule/differences-text.ts';
import { durationText, nanosecondsOf } from '../domain/rule/go-duration.ts';
import { normalForm } from '../domain/rule/normal-form.ts';
import { specOf } from '../domain/rule/spec-of.ts';
import { ruleBody } from '../domain/rule/wanted-rule.ts';
import { isRecord } from '../domain/text/json.ts';
import type { Fields } from '../domain/text/json-fields.ts';

/** A rule of SigNoz as a spec in the short form; undefined where it cannot be said in it. Lengths of time read as people write them. */
export function shortSpec(body: RuleBody, syntax: PromqlSyntax): Fields | undefined {
  const form = shortFormOf(spokenTimes(body), syntax);
  if (!form) return undefined;
  const { alert, description, disabled } = body;
  const { expr, for: hold, ...others } = form.promql;
  return {
    name: alert,
    ...(typeof description === 'string' && description !== '' && { description }),
    ...form,
    promql: { expr, ...(hold !== undefined && { for: hold }), ...others },
    ...(disabled === true && { disabled }),
  };
}

const TIMES = new Set(['evalWindow', 'frequency', 'interval', 'newGroupEvalDelay']);

/** SigNoz keeps `60s` and `5m0s` as they were sent, and there is one short form for each length of time. */
function spokenTimes(body: RuleBody): RuleBody {
  const { evaluation, notificationSettings } = body;
  return {
    ...body,
    ...(evaluation !== undefined && { evaluation: spoken(evaluation) }),
    ...(notificationSettings !== undefined && { notificationSettings: spoken(notificationSettings) }),
  };
}

function spoken(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, TIMES.has(name) ? spokenTime(item) : spoken(item)]));
}

function spokenTime(value: unknown): unknown {
  const ns = nanosecondsOf(value);
  const text = ns === undefined ? '' : durationText(ns);
  return Duration.safeParse(text).success ? text : value;
}

export type Kept =
  /** The rule that comes of the object is the one that there is. */
  | { readonly is: 'same' }
  /** Applied, the object would change it; a line for each place. */
  | { readonly is: 'changed'; readonly notes: readonly string[] }
  /** The API server would not take the object, or the operator could not apply it. */
  | { readonly is: 'refused'; readonly notes: readonly string[] };

/** Whether this object says the whole rule: found by making the rule of it again. */
export function kept(object: unknown, body: RuleBody, syntax: PromqlSyntax): Kept {
  const parsed = parseSignozAlertRule(object);
  if (!parsed.ok) return { is: 'refused', notes: parsed.problems };
  const { spec, metadata } = parsed.object;
  const made = ruleBody(spec, { name: spec.name ?? metadata.name, syntax });
  if (!made.ok) return { is: 'refused', notes: [made.message] };
  const found = differences(normalForm(made.body), normalForm(body), ['/source']);
  if (found.length === 0) return { is: 'same' };
  return { is: 'changed', notes: [differencesText(found, { most: 20 })] };
}

/** The rule as a spec that says the whole of it, in the short form or else in the long one; undefined where neither does. */
export function wholeSpec(body: RuleBody, syntax: PromqlSyntax, form: 'short' | 'long'): Fields | undefined {
  const spec = form === 'short' ? shortSpec(body, syntax) : specOf(body).spec;
  const object = { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: { name: 'any' }, spec };
  return spec && kept(object, body, syntax).is === 'same' ? spec : undefined;
}
