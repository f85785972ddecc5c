import type { z } from 'zod';

/** One thing wrong with an object: the field as kubectl names it, and a sentence. */
export interface FieldProblem {
  /** For example `spec.hops[2].timeout`. */
  readonly field: string;
  /** The same place as keys and indexes, to find its line in a file. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type ParsedObject<T> =
  | { readonly ok: true; readonly object: T }
  | {
      readonly ok: false;
      /** One sentence for each field that is wrong, with its name. */
      readonly problems: readonly string[];
      readonly fields: readonly FieldProblem[];
    };

/** An object as the schema types it, with all defaults; or everything that is wrong with it, in the sentences that the API server would use. */
export function parsedObject<S extends z.ZodType>(schema: S, object: unknown): ParsedObject<z.output<S>> {
  const parsed = schema.safeParse(object, { error: plainly });
  if (parsed.success) return { ok: true, object: parsed.data };
  const fields = parsed.error.issues.flatMap(fieldProblems);
  return { ok: false, problems: fields.map(({ field, message }) => `${field || 'the object'}: ${message}`), fields };
}

/** Where the schema has no sentence of its own: what zod says by itself is for programmers. */
function plainly(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'it is missing' : `it must be ${withArticle(issue.expected)}`;
  if (issue.code === 'invalid_value') return `it must be ${issue.values.map(value => `"${String(value)}"`).join(' or ')}`;
  if (issue.code === 'unrecognized_keys') return 'there is no such field; check its name and its indentation';
  return undefined;
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

function fieldProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(key => (typeof key === 'number' ? key : String(key)));
  const places = issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...path, key]) : [path];
  return places.map(place => ({ field: nameOf(place), path: place, message: issue.message }));
}

function nameOf(path: readonly (string | number)[]): string {
  return path
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}
