import { parseSignozAlertRule } from '../crds/signozalertrule/parse.ts';
import { withCaret } from '../domain/promql/caret.ts';
import { isRemark, type Refusal } from '../domain/promql/note.ts';
import type { ConvertedRule } from '../domain/promql/prometheus-rule.ts';
import { convertedGroups, type RuleGroup, type RuleOutcome } from '../domain/promql/rule-file.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { refused, textFiles } from './given.ts';
import { inColour } from './output/colour.ts';
import { type Converted, conversionTable } from './output/conversion-table.ts';
import { jsonText } from './ask-api.ts';
import { comment, NEXT, objectYaml } from './output/object-yaml.ts';
import { readGroups } from './prometheus-file.ts';

export interface ConvertOptions {
  readonly channel: readonly string[];
  readonly usePolicy?: boolean;
  readonly secret?: string;
  readonly namespace?: string;
  readonly output: 'yaml' | 'json';
  readonly strict?: boolean;
}

/** Prometheus rules as SignozAlertRules: 0 when all were translated, 1 when one was not, 2 when the files hold none or are broken. */
export async function rulesConvert(paths: readonly string[], options: ConvertOptions, deps: CliDeps): Promise<number> {
  if (options.usePolicy === true && options.channel.length > 0) return refused([ONE_OF], deps);
  const files = await textFiles(paths, deps);
  if (!files.ok) return refused(files.problems, deps);
  const read = files.value.map(readGroups);
  const problems = read.flatMap(file => file.problems);
  if (problems.length > 0) return refused(problems, deps);
  const groups = read.flatMap(file => file.groups);
  const places = read.flatMap(file => file.places);
  if (places.length === 0) return refused([noRules(files.value.map(({ name }) => name))], deps);

  const converted = await conversions({ groups, places }, options, deps);
  deps.stdout.write(options.output === 'json' ? asJson(converted) : asYaml(converted));
  deps.stderr.write(conversionTable(converted, { colour: inColour(deps.stderr, deps) }));
  if (options.output === 'json') deps.stderr.write(commentsOf(converted));
  if (options.usePolicy !== true && options.channel.length === 0) deps.stderr.write(NO_CHANNEL);
  const isLost = ({ rule, notes }: Converted): boolean =>
    rule === undefined || (options.strict === true && notes.some(note => !isRemark(note)));
  return converted.some(isLost) ? EXIT.failed : EXIT.passed;
}

const ONE_OF = 'give either --channel or --use-policy: with a policy SigNoz does not look at the channels of a rule';
const NO_CHANNEL =
  "no --channel is given, so SigNoz' routing policies decide who is told of these rules: name a channel, or say --use-policy if that is meant\n";

function noRules(names: readonly string[]): string {
  if (names.length === 0) return 'the folder holds no file that ends in .yaml, .yml or .json';
  return `${names.join(', ')}: there is no rule: give a Prometheus rule file (groups:) or objects of kind PrometheusRule`;
}

interface Given {
  readonly groups: readonly RuleGroup[];
  readonly places: readonly string[];
}

async function conversions({ groups, places }: Given, given: ConvertOptions, deps: CliDeps): Promise<readonly Converted[]> {
  const { channel: channels, secret, namespace } = given;
  const options = {
    ...(channels.length > 0 && { channels }),
    ...(secret !== undefined && { secretName: secret }),
    ...(namespace !== undefined && { namespace }),
  };
  const exprs = groups.flatMap(({ rules }) => rules.map(({ expr }) => expr.trim()));
  const outcomes = convertedGroups(groups, { options, syntax: await deps.promqlSyntax() });
  return outcomes.map((outcome, n) => ({
    group: outcome.group,
    name: outcome.name,
    place: places[n] ?? '',
    notes: outcome.conversion.notes,
    ...checked(outcome, exprs[n] ?? ''),
  }));
}

/** What is printed has passed the schema that the API server holds it to. */
function checked({ conversion }: RuleOutcome, expr: string): Pick<Converted, 'rule' | 'why'> {
  if (!conversion.ok) return { why: conversion.refusals.map(refusal => ({ code: refusal.code, text: reason(refusal, expr) })) };
  const parsed = parseSignozAlertRule(conversion.rule);
  if (parsed.ok) return { rule: conversion.rule, why: [] };
  return { why: parsed.problems.map(text => ({ code: 'InvalidObject', text })) };
}

function reason({ field, message, problem }: Refusal, expr: string): string {
  return problem ? `${field}: ${withCaret(expr, problem)}` : message;
}

function asJson(converted: readonly Converted[]): string {
  const items = converted.flatMap(({ rule }): ConvertedRule[] => (rule ? [rule] : []));
  return jsonText({ apiVersion: 'v1', kind: 'List', items });
}

/** What is so of every rule is said once, at the first. */
function asYaml(converted: readonly Converted[]): string {
  const said = new Set<string>();
  return converted.map(one => commentOf(one, said) + (one.rule ? objectYaml(one.rule) : '')).join(NEXT);
}

function commentOf({ rule, place, name, group, notes, why }: Converted, said: Set<string>): string {
  const shown = notes.filter(note => !isRemark(note) || !said.has(note.code));
  for (const note of notes) said.add(note.code);
  const told = [...new Set(shown.map(({ code, field, message }) => `note: ${code}: ${field}: ${message}`))];
  const head = `${place}: ${name} of group ${group}`;
  return comment(rule ? [head, ...told] : [`${head} was not translated:`, ...why.map(({ text }) => text), ...told]);
}

/** What stands above each object in YAML, for a format that has no comments. */
function commentsOf(converted: readonly Converted[]): string {
  const said = new Set<string>();
  return converted.map(one => commentOf(one, said)).join('');
}
