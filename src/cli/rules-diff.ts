import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import { differences } from '../domain/rule/differences.ts';
import { normalForm } from '../domain/rule/normal-form.ts';
import { specOf } from '../domain/rule/spec-of.ts';
import { isRecord } from '../domain/text/json.ts';
import { askSignoz, liveRules } from './ask-signoz.ts';
import { counterpart } from './counterpart.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { refused } from './given.ts';
import { objectYaml } from './output/object-yaml.ts';
import { ruleDiff } from './output/rule-diff.ts';
import { shortSpec, wholeSpec } from './seen-rule.ts';
import { type WantedRule, wantedRules } from './wanted-rules.ts';

export interface DiffOptions {
  readonly filename: readonly string[];
  readonly namespace?: string;
  readonly envFile?: string;
}

/** What an apply of these files would change in SigNoz: 0 nothing, 1 something, 2 it cannot be told. */
export async function rulesDiff(options: DiffOptions, deps: CliDeps): Promise<number> {
  const syntax = await deps.promqlSyntax();
  const wanted = await wantedRules(options.filename, { syntax, namespace: options.namespace, deps });
  if (!wanted.ok) return refused(wanted.problems, deps);
  const colour = deps.stdout.isTTY && (deps.env['NO_COLOR'] ?? '') === '';
  return askSignoz(options.envFile, deps, async session => {
    const live = await liveRules(session, deps.signal);
    const unclear: string[] = [];
    let changes = 0;
    for (const rule of wanted.value) {
      const found = counterpart(rule.rule, live, session.clusterId);
      if (found.is === 'unclear') unclear.push(`${rule.place}: ${found.message}`);
      const sides = found.is === 'unclear' ? undefined : sidesOf(rule, found.is === 'rule' ? found.live : undefined, syntax);
      if (!sides) continue;
      changes++;
      deps.stdout.write(ruleDiff(sides, { colour }));
    }
    if (unclear.length > 0) return refused(unclear, deps);
    return changes > 0 ? EXIT.failed : EXIT.passed;
  });
}

/** Both rules as a person reads them; undefined where an apply would write nothing. */
function sidesOf({ rule, key, place, body }: WantedRule, live: LiveRule | undefined, syntax: PromqlSyntax) {
  const to = { name: `${place} ${key}` };
  const short = rule.spec.promql && shortSpec(body, syntax);
  if (!live) return { from: { name: '/dev/null', text: '' }, to: { ...to, text: objectYaml(short ?? specOf(body).spec) } };
  const [want, have] = [normalForm(body), normalForm(live.body)];
  const found = differences(want, have, ['/source', ...rule.spec.drift.ignoreFields]);
  if (found.length === 0) return undefined;
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
