import { type Document, isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { GO_YAML } from './go-yaml.ts';
import type { FieldPath } from './unknown-fields.ts';

export interface TextFile {
  /** For messages: its path, or `-`. */
  readonly name: string;
  readonly text: string;
}

/** One document of a file: what it says, and where each field of it stands, as `FILE:LINE:COLUMN`. */
export type YamlDocument =
  | { readonly ok: true; readonly value: unknown; readonly place: (path: FieldPath) => string }
  | { readonly ok: false; readonly problem: string };

export interface YamlReading {
  /** Typed as kubectl types them: `on` is true, `010` is 8. Text as Go's YAML fills them into fields of text: they stay as written. */
  readonly scalars: 'typed' | 'text';
}

const AS_TEXT = { schema: 'failsafe', merge: true } as const;

/** The documents of a YAML file that hold anything. */
export function yamlDocuments({ name, text }: TextFile, { scalars }: YamlReading = { scalars: 'typed' }): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, ...(scalars === 'text' ? AS_TEXT : GO_YAML) });
  if (!Array.isArray(documents)) return [];
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  return documents.filter(document => !isEmpty(document)).map(document => read(document, place));
}

function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && (contents.value === null || contents.source === '')));
}

function read(document: Document, place: (offset: number) => string): YamlDocument {
  const [broken] = document.errors;
  // The first only: the others mostly follow from it.
  if (broken) return { ok: false, problem: `${place(broken.pos[0])}: ${broken.message}` };
  try {
    // Aliases are counted as they are followed: a short file must not become an endless object.
    const value: unknown = document.toJS();
    return { ok: true, value, place: path => place(offsetOf(document, path)) };
  } catch (err) {
    const message = err instanceof Error ? err.message : 'the document cannot be read';
    return { ok: false, problem: `${place(document.contents?.range?.[0] ?? 0)}: ${message}` };
  }
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
export function named(path: FieldPath): string {
  if (path.length === 0) return '';
  const text = path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${part}`)).join('');
  return `${text}: `;
}

/** A rule over a whole block says nothing reliable while a field in it is wrong: the API server does not ask it then either. */
export function liesIn(inner: FieldPath, outer: FieldPath): boolean {
  return inner.length > outer.length && outer.every((part, i) => part === inner[i]);
}
