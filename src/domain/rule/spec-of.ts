import { parsedObject } from '../../crds/parsed-object.ts';
import { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { isRecord } from '../text/json.ts';
import type { Fields } from '../text/json-fields.ts';
import { differences, type RuleDifference } from './differences.ts';
import { wireForm } from './long-body.ts';
import { longFormOf } from './long-form-of.ts';
import { readMarker } from './marker.ts';
import { normalForm } from './normal-form.ts';

export interface WrittenRule {
  /** A SignozAlertRule's spec in the long form, as a person would write it: without defaults. */
  readonly spec: Fields;
  /** A sentence for each thing that the spec cannot say, or that stops it from being applied. Empty: it is the same rule. */
  readonly notes: readonly string[];
}

/**
 * A rule of SigNoz, as it is shown, as a spec that means the same: what was left out or is refused is found by comparing the rule that
 * comes of the spec with the one that was given, so that nothing is lost in silence.
 */
export function specOf(body: RuleBody): WrittenRule {
  const have = normalForm(body);
  const { spec, notes } = longFormOf(have, body);
  const known = withoutUnknown(spec);
  const name = typeof body['alert'] === 'string' ? body['alert'] : '';
  const parsed = SignozAlertRuleSpec.safeParse(known);
  const want = normalForm(wireForm(parsed.success ? parsed.data : known, name));
  const lost = differences(want, have, ['/source']).map(said);
  return { spec: known, notes: [...notes, ...source(body['source']), ...refusals(known), ...lost] };
}

/** A query's field of a newer SigNoz: the API server would refuse the whole object because of it. */
function withoutUnknown(spec: Fields): Fields {
  const { error } = SignozAlertRuleSpec.safeParse(spec);
  const unknown = (error?.issues ?? []).flatMap(issue =>
    issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...issue.path, key]) : [],
  );
  const left = unknown.reduce<unknown>(without, spec);
  return isRecord(left) ? left : {};
}

function without(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === key ? without(item, rest) : item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== key || rest.length > 0);
  return Object.fromEntries(entries.map(([name, item]) => [name, name === key ? without(item, rest) : item]));
}

function refusals(spec: Fields): readonly string[] {
  const parsed = parsedObject(SignozAlertRuleSpec, spec);
  return parsed.ok ? [] : parsed.problems.map(problem => `the spec would be refused: ${problem}`);
}

function source(given: unknown): readonly string[] {
  if (typeof given !== 'string' || given === '' || readMarker(given)) return [];
  return [`source is ${shown(given)} and gives way to the operator's own mark`];
}

function said(difference: RuleDifference): string {
  const { pointer } = difference;
  if (!('want' in difference)) return `${pointer} is ${shown(difference.have)} in SigNoz and is left out: the spec has no place for it`;
  if (!('have' in difference)) return `${pointer} is not set in SigNoz and becomes ${shown(difference.want)}`;
  return `${pointer} is ${shown(difference.have)} in SigNoz and becomes ${shown(difference.want)}`;
}

const MOST_SHOWN = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN).toWellFormed()}…`;
}
