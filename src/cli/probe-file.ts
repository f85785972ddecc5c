import { ALERT_CHAIN_PROBE, type AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { parseAlertChainProbe } from '../crds/alertchainprobe/parse.ts';
import { scheduleProblems } from '../domain/schedule/problems.ts';
import { API_TOKEN } from './deps.ts';
import { excerpt } from '../domain/text/excerpt.ts';
import { isRecord } from '../domain/text/json.ts';
import { type FieldPath, unknownFields } from './unknown-fields.ts';
import { liesIn, named, type TextFile, type YamlDocument, yamlDocuments } from './yaml-file.ts';

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
export function readProbes(file: TextFile, target: DefaultTarget, now: Date): ReadProbes {
  const read = yamlDocuments(file).map(document => readDocument(document, { target, now }));
  if (read.length === 0) return { ok: false, problems: [`${file.name}:1:1: the file holds no document`] };
  const problems = read.flatMap(one => (one.ok ? [] : one.problems));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, probes: read.flatMap(one => (one.ok ? one.probes : [])) };
}

interface Reading {
  readonly target: DefaultTarget;
  readonly now: Date;
}

function readDocument(document: YamlDocument, { target, now }: Reading): ReadProbes {
  if (!document.ok) return { ok: false, problems: [document.problem] };
  const { value, place } = document;
  const stranger = strangerIn(value);
  if (stranger !== undefined) return { ok: false, problems: [`${place(['kind'])}: ${stranger}`] };
  const input = withTarget(value, target);
  const parsed = parseAlertChainProbe(input);
  const found: readonly Problem[] = parsed.ok
    ? [...unknownIn(input, parsed.probe), ...scheduleProblems(parsed.probe.spec, now).map(scheduleProblem)]
    : parsed.fields;
  const problems = found
    .filter(({ path }) => !found.some(other => liesIn(other.path, path)))
    .map(({ path, message }) => `${place(path)}: ${named(path)}${message}`);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, probes: parsed.ok ? [parsed.probe] : [] };
}

/** An object of another kind: its fields are not those of a probe, and no word on them helps. */
function strangerIn(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || value['kind'] === ALERT_CHAIN_PROBE.kind) return undefined;
  return `kind: this is a ${excerpt(value['kind'], [], 60)}; only documents of kind ${ALERT_CHAIN_PROBE.kind} can be run`;
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
