import type { PromqlSyntax } from '../domain/ports/promql-syntax.ts';
import type { LiveRule } from '../domain/ports/signoz-rules.ts';
import { ruleNames } from '../domain/promql/rule-names.ts';
import { readMarker } from '../domain/rule/marker.ts';
import { specOf } from '../domain/rule/spec-of.ts';
import { type Fields, fieldsAt } from '../domain/text/json-fields.ts';
import { askSignoz, liveRules, nameOf } from './ask-signoz.ts';
import { type CliDeps, EXIT } from './deps.ts';
import { comment, NEXT, objectYaml } from './output/object-yaml.ts';
import { kept, wholeSpec } from './seen-rule.ts';

export interface ExportOptions {
  readonly all?: boolean;
  readonly namespace?: string;
  readonly secret?: string;
  readonly envFile?: string;
}

/** Rules of SigNoz as objects that take them over: 0 when each says its whole rule, 1 when one does not, 2 when SigNoz cannot be asked. */
export async function rulesExport(options: ExportOptions, deps: CliDeps): Promise<number> {
  const syntax = await deps.promqlSyntax();
  return askSignoz(options.envFile, deps, async session => {
    const live = await liveRules(session, deps.signal);
    const chosen = live.filter(({ body }) => options.all === true || readMarker(body['source']) === undefined);
    const written = named(chosen, options).map(rule => exported(rule, { options, syntax }));
    deps.stdout.write(written.map(({ text }) => text).join(NEXT));
    deps.stderr.write(sum(written, live.length - chosen.length));
    return written.every(({ isWhole }) => isWhole) ? EXIT.passed : EXIT.failed;
  });
}

interface NamedRule {
  readonly live: LiveRule;
  readonly meta: { readonly name: string; readonly namespace?: string };
}

/** A rule that an object owns keeps the name of that object; the others get names that are nobody's. */
function named(chosen: readonly LiveRule[], { namespace }: ExportOptions): readonly NamedRule[] {
  const made = ruleNames(
    chosen.map(rule => {
      const { severity } = fieldsAt(rule.body, 'labels');
      return { alert: nameOf(rule), expr: rule.id, ...(typeof severity === 'string' && { labels: { severity } }) };
    }),
  );
  const taken = new Set<string>();
  const isFree = (name: string, where: string | undefined): boolean => !taken.has(`${where ?? ''}/${name}`);
  const owners = chosen.map(({ body }) => readMarker(body['source']));
  const own = owners.map(owner => {
    const where = namespace ?? owner?.namespace;
    if (!owner || !isFree(owner.name, where)) return undefined;
    taken.add(`${where ?? ''}/${owner.name}`);
    return { name: owner.name, ...(where !== undefined && { namespace: where }) };
  });
  return chosen.map((live, n) => {
    const kept = own[n];
    if (kept) return { live, meta: kept };
    const name = made[n] ?? '';
    const where = namespace ?? owners[n]?.namespace;
    const free = isFree(name, where) ? name : `${name.slice(0, 50).replace(/-+$/, '')}-${live.id.slice(-12)}`;
    taken.add(`${where ?? ''}/${free}`);
    return { live, meta: { name: free, ...(where !== undefined && { namespace: where }) } };
  });
}

interface Written {
  readonly text: string;
  /** Applied, the object leaves the rule as it is. */
  readonly isWhole: boolean;
}

interface Writing {
  readonly options: ExportOptions;
  readonly syntax: PromqlSyntax;
}

function exported({ live, meta }: NamedRule, { options: { secret }, syntax }: Writing): Written {
  const { body, id } = live;
  const whole = wholeSpec(body, syntax, 'short');
  const long = specOf(body);
  const spec: Fields = {
    ...(secret !== undefined && { signoz: { secretRef: { name: secret } } }),
    ...(whole ?? long.spec),
    adoption: { policy: 'ById', ruleId: id },
  };
  const object = { apiVersion: 'awoooi.io/v1alpha1', kind: 'SignozAlertRule', metadata: meta, spec };
  const found = kept(object, body, syntax);
  const lost = found.is === 'same' ? [] : found.notes;
  const notes = [...new Set([...(whole ? [] : long.notes), ...lost, ...stateNotes(live), ...ownerNotes(live)])];
  const told = [`${nameOf(live)}, rule ${id}`, ...notes.map(note => `note: ${note}`)];
  if (found.is === 'refused') return { text: comment([...told, 'note: so it is left out:', objectYaml(object).trimEnd()]), isWhole: false };
  return { text: comment(told) + objectYaml(object), isWhole: found.is === 'same' };
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
  const lost = written.filter(({ isWhole }) => !isWhole).length;
  const parts = [`${written.length} ${written.length === 1 ? 'rule' : 'rules'} written`];
  if (lost > 0) parts.push(`${lost} of them not whole: see the notes`);
  if (owned > 0) parts.push(`${owned} left out that an object owns (--all writes them too)`);
  return `${parts.join(', ')}\n`;
}
