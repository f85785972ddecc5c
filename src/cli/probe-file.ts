import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { ALERT_CHAIN_PROBE, type AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { parseAlertChainProbe } from '../crds/alertchainprobe/parse.ts';
import { scheduleProblems } from '../domain/schedule/problems.ts';
import { API_TOKEN } from './deps.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { isRecord } from '../domain/text/json.ts';
import { type FieldPath, unknownFields } from './unknown-fields.ts';

export interface ProbeFile {
  /** For messages: its path, or `-`. */
  readonly name: string;
  readonly text: string;
}

/** The target of probes that name none. */
export interface DefaultTarget {
  readonly url: string;
  readonly hasToken: boolean;
}

export type ReadProbes =
  | { readonly ok: true; readonly probes: readonly AlertChainProbe[] }
  /** `FILE:LINE:COLUMN: field: sentence`, everything at once. */
  | { readonly ok: false; readonly problems: readonly string[] };

interface Problem {
  readonly path: FieldPath;
  readonly message: string;
}

/** Every AlertChainProbe of a YAML file of one or more documents, held to the rules that the API server would hold it to. */
export function readProbes(file: ProbeFile, target: DefaultTarget, now: Date): ReadProbes {
  const lines = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(documents)) return { ok: false, problems: [`${file.name}:1:1: the file holds no document`] };
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file.name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };

  const read = documents.filter(document => !isEmpty(document)).map(document => readDocument(document, { target, now, place }));
  if (read.length === 0) return { ok: false, problems: [`${file.name}:1:1: the file holds no document`] };
  const problems = read.flatMap(one => (one.ok ? [] : one.problems));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, probes: read.flatMap(one => (one.ok ? one.probes : [])) };
}

interface Reading {
  readonly target: DefaultTarget;
  readonly now: Date;
  readonly place: (offset: number) => string;
}

function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function readDocument(document: Document, { target, now, place }: Reading): ReadProbes {
  const [broken] = document.errors;
  // The first only: the others mostly follow from it.
  if (broken) return { ok: false, problems: [`${place(broken.pos[0])}: ${broken.message}`] };
  const value = plain(document);
  if (!value.ok) return { ok: false, problems: [`${place(document.contents?.range?.[0] ?? 0)}: ${value.problem}`] };
  const stranger = strangerIn(value.value);
  if (stranger !== undefined) return { ok: false, problems: [`${place(offsetOf(document, ['kind']))}: ${stranger}`] };
  const input = withTarget(value.value, target);
  const parsed = parseAlertChainProbe(input);
  const found: readonly Problem[] = parsed.ok
    ? [...unknownIn(input, parsed.probe), ...scheduleProblems(parsed.probe.spec, now).map(scheduleProblem)]
    : parsed.fields;
  const problems = found
    .filter(({ path }) => !found.some(other => liesIn(other.path, path)))
    .map(({ path, message }) => `${place(offsetOf(document, path))}: ${named(path)}${message}`);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, probes: parsed.ok ? [parsed.probe] : [] };
}

/** An object of another kind: its fields are not those of a probe, and no word on them helps. */
function strangerIn(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || value['kind'] === ALERT_CHAIN_PROBE.kind) return undefined;
  return `kind: this is a ${excerpt(value['kind'], [], 60)}; only documents of kind ${ALERT_CHAIN_PROBE.kind} can be run`;
}

/** A rule over a whole block says nothing reliable while a field in it is wrong: the API server does not ask it then either. */
function liesIn(inner: FieldPath, outer: FieldPath): boolean {
  return inner.length > outer.length && outer.every((part, i) => part === inner[i]);
}

/** Aliases are counted as they are followed: a short file must not become an endless object. */
function plain(document: Document): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
  try {
    return { ok: true, value: document.toJS() };
  } catch (err) {
    return { ok: false, problem: err instanceof Error ? err.message : 'the document cannot be read' };
  }
}

/** These sentences begin with their field themselves, such as `spec.maintenance[1].cron`. */
function scheduleProblem(sentence: string): Problem {
  const [, field = 'schedule', index] = /^spec\.(schedule|maintenance)(?:\[(\d+)\])?/.exec(sentence) ?? [];
  const path = ['spec', field, ...(index === undefined ? [] : [Number(index)])];
  return { path, message: sentence.replace(/^spec\.(schedule|maintenance\[\d+\]):? ?/, '') };
}

function unknownIn(input: unknown, { spec }: AlertChainProbe): readonly Problem[] {
  const given = isRecord(input) ? input['spec'] : undefined;
  return unknownFields(given, spec, ['spec']).map(path => ({
    path,
    message: 'there is no such field; check its name and its indentation',
  }));
}

function withTarget(value: unknown, { url, hasToken }: DefaultTarget): unknown {
  if (!isRecord(value) || !isRecord(value['spec']) || 'target' in value['spec']) return value;
  const target = { url, ...(hasToken && { auth: { bearerToken: API_TOKEN } }) };
  return { ...value, spec: { ...value['spec'], target } };
}

/** Where the field stands or, when it is missing, where the nearest thing around it does. */
function offsetOf(document: Document, path: FieldPath): number {
  for (let depth = path.length; depth > 0; depth--) {
    const offset = keyOffset(document, path.slice(0, depth));
    if (offset !== undefined) return offset;
  }
  return document.contents?.range?.[0] ?? 0;
}

/** A field is pointed at by its name, an item of a list by its beginning. */
function keyOffset(document: Document, path: FieldPath): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const key = isMap(parent) ? parent.items.find(item => isScalar(item.key) && item.key.value === last)?.key : undefined;
  if (isNode(key)) return key.range?.[0];
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

/** `spec.hops[2].timeout: `, as kubectl writes it. */
function named(path: FieldPath): string {
  if (path.length === 0) return '';
  const text = path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${part}`)).join('');
  return `${text}: `;
}
