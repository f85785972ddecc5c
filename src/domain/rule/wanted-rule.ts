import type { SignozAlertRuleSpec } from '../../crds/signozalertrule/spec.ts';
import type { PromqlSyntax } from '../ports/promql-syntax.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { expandedShortForm } from '../promql/short-form.ts';
import { heldToSignoz } from './held-to-signoz.ts';
import { longBody } from './long-body.ts';
import { type RuleMarker, markerText } from './marker.ts';
import { normalForm } from './normal-form.ts';
import { refused, type RefusedRule } from './refused-rule.ts';
import { ruleHash } from './rule-hash.ts';

/** A rule as a spec asks for it, in SigNoz' words; or why it cannot be said in them. */
export type Wanted =
  | {
      readonly ok: true;
      readonly name: string;
      readonly body: RuleBody;
      readonly normal: RuleBody;
      /** Without what drift.ignoreFields leaves out. */
      readonly hash: string;
      /** Channels that must exist. */
      readonly channels: readonly string[];
    }
  | RefusedRule;

export interface RuleWish {
  readonly spec: SignozAlertRuleSpec;
  /** Of the object; its rule has this name where the spec gives none. */
  readonly name: string;
  readonly owner: RuleMarker;
}

/** Works out the whole rule, with the marker of its owner in `source`. Nothing that SigNoz would store and never evaluate passes. */
export function wantedRule({ spec, name: objectName, owner }: RuleWish, syntax: PromqlSyntax): Wanted {
  const name = spec.name ?? objectName;
  const made = ruleBody(spec, { name, syntax });
  if (!made.ok) return made;
  const body = { ...made.body, source: markerText(owner) };
  const normal = normalForm(body);
  return { ok: true, name, body, normal, hash: ruleHash(normal, spec.drift.ignoreFields), channels: channelsOf(spec) };
}

type Made = { readonly ok: true; readonly body: RuleBody } | RefusedRule;

/** The rule of a spec in SigNoz' words, nobody's yet: the short form expanded, the long one held to what SigNoz evaluates. */
export function ruleBody(spec: SignozAlertRuleSpec, { name, syntax }: { readonly name: string; readonly syntax: PromqlSyntax }): Made {
  const { promql, labels, annotations, notificationSettings } = spec;
  if (!promql) return heldToSignoz(longBody(spec, name), syntax);
  const texts = { ...(labels && { labels }), ...(annotations && { annotations }), ...(notificationSettings && { notificationSettings }) };
  const expansion = expandedShortForm({ promql, ...texts }, syntax);
  if (!expansion.ok) return refused(expansion.refusals, { expr: promql.expr });
  const { description, disabled } = spec;
  const head = { version: 'v5', schemaVersion: 'v2alpha1', alert: name, ...(description !== undefined && { description }), disabled };
  return { ok: true, body: { ...head, ...expansion.long } };
}

function channelsOf({ promql, condition, preferredChannels = [] }: SignozAlertRuleSpec): readonly string[] {
  const ofThresholds = (condition?.thresholds ?? []).flatMap(({ channels = [] }) => channels);
  return [...new Set([...(promql?.channels ?? []), ...ofThresholds, ...preferredChannels])];
}
