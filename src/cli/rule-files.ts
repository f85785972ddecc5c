import { SIGNOZ_ALERT_RULE, type SignozAlertRule } from '../crds/signozalertrule/kind.ts';
import { parseSignozAlertRule } from '../crds/signozalertrule/parse.ts';
import { isRecord } from '../domain/text/json.ts';
import type { CliDeps, Opened } from './deps.ts';
import { textFiles } from './given.ts';
import { type FieldPath, unknownFields } from './unknown-fields.ts';
import { liesIn, named, type TextFile, yamlDocuments } from './yaml-file.ts';

export interface FiledRule {
  /** `FILE:LINE:COLUMN` */
  readonly place: string;
  readonly rule: SignozAlertRule;
}

interface Part {
  readonly value: unknown;
  readonly path: FieldPath;
  readonly place: (path: FieldPath) => string;
}

/**
 * Every SignozAlertRule of these files, held to the rules that the API server would hold it to; or everything that is wrong. Objects of
 * other kinds are passed over.
 */
export async function ruleFiles(
  paths: readonly string[],
  namespace: string | undefined,
  deps: CliDeps,
): Promise<Opened<readonly FiledRule[]>> {
  const files = await textFiles(paths, deps);
  if (!files.ok) return files;
  const read = files.value.flatMap(file => rulesOf(file, namespace));
  const rules = read.flatMap(one => (one.ok ? [one.value] : []));
  const problems = [...read.flatMap(one => (one.ok ? [] : one.problems)), ...twice(rules)];
  if (problems.length > 0) return { ok: false, problems };
  if (rules.length > 0) return { ok: true, value: rules };
  return { ok: false, problems: [`${paths.join(', ')}: there is no ${SIGNOZ_ALERT_RULE.kind}: give files or folders that hold some`] };
}

function rulesOf(file: TextFile, namespace: string | undefined): readonly Opened<FiledRule>[] {
  return yamlDocuments(file).flatMap(document => {
    if (!document.ok) return [{ ok: false, problems: [document.problem] } as const];
    const { value, place } = document;
    return partsOf({ value, path: [], place }).map(part => filed(part, namespace));
  });
}

function partsOf(part: Part): readonly Part[] {
  const { value, path } = part;
  if (!isRecord(value) || typeof value['kind'] !== 'string') return [part];
  const { kind, items } = value;
  if (kind === SIGNOZ_ALERT_RULE.kind) return [part];
  // A slip in the kind: the API server would refuse it, and nobody else would miss it.
  if (kind.toLowerCase() === SIGNOZ_ALERT_RULE.kind.toLowerCase()) return [part];
  if (!kind.endsWith('List') || !Array.isArray(items)) return [];
  return items.flatMap((item: unknown, n) => partsOf({ ...part, value: item, path: [...path, 'items', n] }));
}

function filed({ value, path, place }: Part, namespace: string | undefined): Opened<FiledRule> {
  const parsed = parseSignozAlertRule(withNamespace(value, namespace));
  const given = isRecord(value) ? value['spec'] : undefined;
  const found = parsed.ok
    ? unknownFields(given, parsed.object.spec, ['spec']).map(field => ({ path: field, message: NO_FIELD }))
    : parsed.fields;
  const problems = found
    .filter(one => !found.some(other => liesIn(other.path, one.path)))
    .map(one => `${place([...path, ...one.path])}: ${named([...path, ...one.path])}${one.message}`);
  if (!parsed.ok || problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { place: place(path), rule: parsed.object } };
}

const NO_FIELD = 'there is no such field; check its name and its indentation';

function withNamespace(value: unknown, namespace: string | undefined): unknown {
  if (namespace === undefined || !isRecord(value) || !isRecord(value['metadata'])) return value;
  return { ...value, metadata: { namespace, ...value['metadata'] } };
}

/** `namespace/name` */
export function keyOf({ metadata }: SignozAlertRule): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function twice(rules: readonly FiledRule[]): readonly string[] {
  const places = new Map<string, string>();
  return rules.flatMap(({ rule, place }) => {
    const key = keyOf(rule);
    const first = places.get(key);
    if (first === undefined) places.set(key, place);
    return first === undefined ? [] : [`${place}: ${key} is given at ${first} already: rename one`];
  });
}
