import { z } from 'zod';

/** What the documentation and the error messages say of one environment variable. */
export interface VariableFacts {
  readonly env: string;
  readonly description: string;
  /** Completes the sentence "give …". */
  readonly expects: string;
  /** As text, the way the environment would give it. */
  readonly default?: string;
  /** Never printed, and also read from the file that `<env>_FILE` names. */
  readonly secret?: true;
  /** Left out of the documentation: only tests set it. */
  readonly hidden?: true;
}

const facts = z.registry<VariableFacts>();

/** A field of a slice: the text of the environment variable goes in, what the schema makes of it comes out. */
export function variable<S extends z.ZodType>(given: VariableFacts, schema: S): S {
  // Of its own: two variables may share one shape.
  const own = schema.clone();
  facts.add(own, given);
  return own;
}

/** The facts that {@link variable} was given for this field. Throws for a field that is no variable: a mistake in a slice. */
function factsOf(field: z.core.$ZodType): VariableFacts {
  const found = facts.get(field);
  if (!found) throw new Error('a field of a configuration slice is not declared with variable()');
  return found;
}

/** A group of variables that one part of the program needs; a transform may bring them into the shape that suits it. */
export type Slice = z.ZodObject | z.ZodPipe<z.ZodObject, z.ZodTransform>;

/** Slices by the name under which the configuration has them. */
export type Slices = z.ZodObject<Readonly<Record<string, Slice>>>;

/** Every variable with its place in the configuration, in the order of the schema. */
export function variablesOf(slices: Slices): { readonly slice: string; readonly key: string; readonly facts: VariableFacts }[] {
  return Object.entries(slices.shape).flatMap(([slice, schema]) =>
    Object.entries((schema instanceof z.ZodPipe ? schema.in : schema).shape).map(([key, field]) => ({ slice, key, facts: factsOf(field) })),
  );
}
