import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import { differences, type RuleDifference } from '../domain/rule/differences.ts';
import { normalForm } from '../domain/rule/normal-form.ts';
import { specOf } from '../domain/rule/spec-of.ts';
import { isRecord } from '../domain/text/json.ts';
import { jsonText } from './ask-api.ts';
import { askSignoz, liveRules, nameOf } from './ask-signoz.ts';
import { counterpart, withOwner } from './counterpart.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { refused } from './given.ts';
import { objectYaml } from './output/object-yaml.ts';
import { missingChannels } from './missing-channels.ts';
import { inColour } from './output/colour.ts';
import { plain } from './output/columns.ts';
import { ruleDiff, type Sides } from './output/rule-diff.ts';
import { shortSpec, wholeSpec } from './seen-rule.ts';
import { type WantedRule, wantedRules } from './wanted-rules.ts';

export interface DiffOptions {
  readonly filename: readonly string[];
  readonly namespace?: string;
  readonly output: 'diff' | 'json';
  readonly envFile?: string;
}

/** What an apply of these files would change in SigNoz: 0 nothing, 1 something, 2 it cannot be told. */
export async function rulesDiff(options: DiffOptions, deps: CliDeps): Promise<number> {
  const syntax = await deps.promqlSyntax();
  const wanted = await wantedRules(options.filename, { syntax, namespace: options.namespace, deps });
  if (!wanted.ok) return refused(wanted.problems, deps);
  return askSignoz(options.envFile, deps, async session => {
    const known = await session.rules.channelNames(session.connection, deps.signal);
    const { pairs, problems } = paired(wanted.value, await liveRules(session, deps.signal), session.clusterId);
    for (const pair of pairs) deps.stderr.write(warningOf(pair));
    const changes = pairs.flatMap(pair => changeOf(pair) ?? []);
    if (options.output === 'json') deps.stdout.write(jsonText({ differences: changes.map(asJson) }));
    else for (const change of changes) deps.stdout.write(ruleDiff(sidesOf(change, syntax), { colour: inColour(deps.stdout, deps) }));
    const refusals = [...problems, ...wanted.value.flatMap(one => withoutChannels(one, known))];
    if (refusals.length > 0) return refused(refusals, deps);
    return changes.length > 0 ? EXIT.failed : EXIT.passed;
  });
}

/** The operator would not write such a rule. */
function withoutChannels({ place, channels }: WantedRule, known: readonly string[]): readonly string[] {
  const missing = missingChannels(channels, known);
  return missing === undefined ? [] : [`${place}: ${missing}`];
}

/** An object and the rule that it stands for; without one it would be new. */
interface Pair {
  readonly wanted: WantedRule;
  readonly live: LiveRule | undefined;
  /** Rules of the same name that stay as they are. */
  readonly beside: readonly LiveRule[];
}

/** Empty where there is nothing to warn of. */
function warningOf({ wanted: { place, rule }, beside }: Pair): string {
  if (beside.length === 0) return '';
  const others = `which no object owns (${beside.map(({ id }) => id).join(', ')}), and both may fire`;
  return `${place}: SigNoz has a rule named ${plain(rule.spec.name ?? rule.metadata.name)} already, ${others}: take it over with spec.adoption\n`;
}

interface Paired {
  readonly pairs: readonly Pair[];
  readonly problems: readonly string[];
}

/** A rule is one object's: nobody can say what an apply of two would make of it. */
function paired(wanted: readonly WantedRule[], live: readonly LiveRule[], clusterId: string | undefined): Paired {
  const takenBy = new Map<string, WantedRule>();
  const problems: string[] = [];
  const owned = live.map(withOwner);
  const pairs = wanted.flatMap((one): readonly Pair[] => {
    const found = counterpart(one.rule, owned, clusterId);
    const other = found.is === 'rule' ? takenBy.get(found.live.id) : undefined;
    if (found.is === 'new') return [{ wanted: one, live: undefined, beside: found.beside }];
    if (found.is === 'unclear' || other) {
      problems.push(`${one.place}: ${found.is === 'unclear' ? found.message : shared(found.live, other)}`);
      return [];
    }
    takenBy.set(found.live.id, one);
    return [{ wanted: one, live: found.live, beside: [] }];
  });
  return { pairs, problems };
}

function shared({ id }: LiveRule, other: WantedRule | undefined): string {
  return `rule ${id} of SigNoz is that of ${other?.key} at ${other?.place} as well: give the two names of their own, or choose by spec.adoption ById`;
}

interface Change extends Pair {
  /** In the normal form; none where the rule would be new. */
  readonly fields: readonly RuleDifference[];
}

/** Undefined where an apply would write nothing. */
function changeOf(pair: Pair): Change | undefined {
  const { wanted, live } = pair;
  if (!live) return { ...pair, fields: [] };
  const fields = differences(normalForm(wanted.body), normalForm(live.body), ['/source', ...wanted.rule.spec.drift.ignoreFields]);
  return fields.length === 0 ? undefined : { ...pair, fields };
}

function asJson({ wanted: { rule, place, body }, live, fields }: Change) {
  const { namespace, name } = rule.metadata;
  const head = { change: live ? 'changed' : 'new', namespace, name, place, rule: nameOf({ body }) };
  return live ? { ...head, ruleId: live.id, fields } : head;
}

/** Both rules as a person reads them. */
function sidesOf({ wanted: { rule, key, place, body }, live }: Change, syntax: PromqlSyntax): Sides {
  const to = { name: `${place} ${key}` };
  const short = rule.spec.promql && shortSpec(body, syntax);
  if (!live) return { from: { name: '/dev/null', text: '' }, to: { ...to, text: objectYaml(short ?? specOf(body).spec) } };
  const [want, have] = [normalForm(body), normalForm(live.body)];
  const pairs = [
    [short, short && wholeSpec(live.body, syntax, 'short')],
    [specOf(body).spec, wholeSpec(live.body, syntax, 'long')],
    // What neither form can say stands in the normal form.
    [want, { ...have, source: want['source'] }],
  ];
  const texts = pairs.flatMap(([to_, from]) => (to_ && from ? [{ to: objectYaml(to_), from: objectYaml(inOrderOf(to_, from)) }] : []));
  const shown = texts.find(pair => pair.from !== pair.to) ?? { to: objectYaml(want), from: objectYaml(have) };
  return { from: { name: `SigNoz rule ${live.id}`, text: shown.from }, to: { ...to, text: shown.to } };
}

/** The order of fields says nothing, so it shall not show as a difference. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(model) && Array.isArray(value)) return value.map((item: unknown, n) => inOrderOf(model[n], item));
  if (!isRecord(model) || !isRecord(value)) return value;
  const names = [...Object.keys(model).filter(name => name in value), ...Object.keys(value).filter(name => !(name in model))];
  return Object.fromEntries(names.map(name => [name, inOrderOf(model[name], value[name])]));
}
