import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import { ruleNames } from '../domain/promql/rule-names.ts';
import { readMarker, sameOwner } from '../domain/rule/marker.ts';
import { specOf } from '../domain/rule/spec-of.ts';
import { type Fields, fieldsAt } from '../domain/text/json-fields.ts';
import { jsonText } from './ask-api.ts';
import { askSignoz, liveRules, nameOf } from './ask-signoz.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { comment, NEXT, objectYaml } from './output/object-yaml.ts';
import { type Kept, kept, wholeSpec } from './seen-rule.ts';

export interface ExportOptions {
  readonly all?: boolean;
  readonly namespace?: string;
  readonly secret?: string;
  readonly output: 'yaml' | 'json';
  readonly envFile?: string;
}

/** Rules of SigNoz as objects that take them over: 0 when each says its whole rule, 1 when one does not, 2 when SigNoz cannot be asked. */
export async function rulesExport(options: ExportOptions, deps: CliDeps): Promise<number> {
  const syntax = await deps.promqlSyntax();
  return askSignoz(options.envFile, deps, async session => {
    const live = await liveRules(session, deps.signal);
    const chosen = live.filter(({ body }) => options.all === true || readMarker(body['source']) === undefined);
    const { clusterId } = session;
    const written = named(chosen, live, options).map(rule => exported(rule, { options, syntax, clusterId }));
    print(written, options, deps);
    deps.stderr.write(sum(written, live.length - chosen.length));
    return written.every(isWhole) ? EXIT.passed : EXIT.failed;
  });
}

interface NamedRule {
  readonly live: LiveRule;
  readonly meta: { readonly name: string; readonly namespace?: string };
}

/** A rule that an object owns keeps the name of that object; the others get names that no object has, as far as SigNoz says. */
function named(chosen: readonly LiveRule[], live: readonly LiveRule[], { namespace }: ExportOptions): readonly NamedRule[] {
  const made = ruleNames(
    chosen.map(rule => {
      const { severity } = fieldsAt(rule.body, 'labels');
      return { alert: nameOf(rule), expr: rule.id, ...(typeof severity === 'string' && { labels: { severity } }) };
    }),
  );
  const names = new TakenNames();
  const owners = chosen.map(({ body }) => readMarker(body['source']));
  const own = owners.map(owner => owner && names.take(owner.name, namespace ?? owner.namespace));
  for (const { body } of live) {
    const owner = readMarker(body['source']);
    if (owner) names.take(owner.name, owner.namespace);
  }
  return chosen.map((rule, n) => {
    const name = made[n] ?? '';
    const where = namespace ?? owners[n]?.namespace;
    const longer = `${name.slice(0, 50).replace(/-+$/, '')}-${rule.id.slice(-12)}`;
    return { live: rule, meta: own[n] ?? names.take(name, where) ?? names.take(longer, where) ?? { name: longer } };
  });
}

/** Names of objects by their namespaces; one without a namespace may go to any. */
class TakenNames {
  readonly #spaces = new Map<string, Set<string>>();

  /** What the object is called from now on; undefined where there is one already. */
  take(name: string, namespace: string | undefined): NamedRule['meta'] | undefined {
    const spaces = this.#spaces.get(name) ?? new Set();
    if (namespace === undefined ? spaces.size > 0 : spaces.has(namespace) || spaces.has(ANY)) return undefined;
    this.#spaces.set(name, spaces.add(namespace ?? ANY));
    return { name, ...(namespace !== undefined && { namespace }) };
  }
}

const ANY = '';

interface Written {
  readonly object: Fields;
  /** What a person has to know of it, for a comment. */
  readonly told: readonly string[];
  /** `same`: applied, the object leaves the rule as it is. */
  readonly kept: Kept['is'];
}

interface Writing {
  readonly options: ExportOptions;
  readonly syntax: PromqlSyntax;
  readonly clusterId: string | undefined;
}

function exported({ live, meta }: NamedRule, { options: { secret }, syntax, clusterId }: Writing): Written {
  const { body, id } = live;
  const whole = wholeSpec(body, syntax, 'short');
  const long = specOf(body);
  const isItsOwn = ownsAlready(live, { clusterId, ...meta });
  const spec: Fields = {
    ...(secret !== undefined && { signoz: { secretRef: { name: secret } } }),
    ...(whole ?? long.spec),
    ...(!isItsOwn && { adoption: { policy: 'ById', ruleId: id } }),
  };
  const object = { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: meta, spec };
  const found = kept(object, body, syntax);
  const lost = found.is === 'same' ? [] : found.notes;
  const notes = [...new Set([...(whole ? [] : long.notes), ...lost, ...stateNotes(live), ...(isItsOwn ? [] : ownerNotes(live))])];
  return { object, told: [`${nameOf(live)}, rule ${id}`, ...notes.map(note => `note: ${note}`)], kept: found.is };
}

/** Whether this object is the one that owns the rule, for sure: it has nothing to take over. */
function ownsAlready({ body }: LiveRule, { clusterId, namespace, name }: NamedRule['meta'] & Pick<Writing, 'clusterId'>): boolean {
  const owner = readMarker(body['source']);
  return owner !== undefined && clusterId !== undefined && namespace !== undefined && sameOwner(owner, { clusterId, namespace, name });
}

/** As JSON the objects alone: what is told of them goes to standard error. */
function print(written: readonly Written[], { output }: ExportOptions, { stdout, stderr }: CliDeps): void {
  if (output === 'yaml') {
    stdout.write(written.map(yamlOf).join(NEXT));
    return;
  }
  stdout.write(jsonText({ apiVersion: 'v1', kind: 'List', items: written.filter(isTaken).map(({ object }) => object) }));
  for (const one of written) if (one.told.length > 1) stderr.write(comment(leftOut(one)));
}

const isWhole = (one: Written): boolean => one.kept === 'same';
const isTaken = (one: Written): boolean => one.kept !== 'refused';

function leftOut({ told, kept: is }: Written): readonly string[] {
  return is === 'refused' ? [...told, 'note: so it is left out:'] : told;
}

/** kubectl must take the others. */
function yamlOf(one: Written): string {
  const text = objectYaml(one.object);
  return isTaken(one) ? comment(one.told) + text : comment([...leftOut(one), text.trimEnd()]);
}

function stateNotes({ disabled }: LiveRule): readonly string[] {
  return disabled
    ? ['SigNoz shows the rule as disabled, as it also does where it could not load it: remove disabled to have it evaluated']
    : [];
}

function ownerNotes({ body }: LiveRule): readonly string[] {
  const owner = readMarker(body['source']);
  if (!owner) return [];
  return [
    `it is owned by SignozAlertRule ${owner.namespace}/${owner.name} of the cluster ${owner.clusterId}, and only that one may change it`,
  ];
}

function sum(written: readonly Written[], owned: number): string {
  const lost = written.filter(one => !isWhole(one)).length;
  const parts = [`${written.length} ${written.length === 1 ? 'rule' : 'rules'} written`];
  if (lost > 0) parts.push(`${lost} of them not whole: see the notes`);
  if (owned > 0) parts.push(`${owned} left out that an object owns (--all writes them too)`);
  return `${parts.join(', ')}\n`;
}
