import type { z } from 'zod';

/** One rule that the API server checks in CEL and our own parser in TypeScript. The message says how to mend what breaks it. */
export interface Rule<T> {
  readonly cel: string;
  readonly message: string;
  readonly holds: (value: T) => boolean;
}

/** The key under which a CRD carries CEL rules. */
export const VALIDATIONS = 'x-kubernetes-validations';

/**
 * The schema with these rules added to those it already has: in the generated CRD and at run time alike, so that an object
 * stored under an older schema is refused with the sentence that `kubectl apply` would give.
 */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const checked = schema.superRefine((value, ctx) => {
    for (const { message } of rules.filter(rule => !rule.holds(value))) ctx.addIssue({ code: 'custom', message });
  });
  return checked.meta({
    ...schema.meta(),
    [VALIDATIONS]: [...validationsOf(schema), ...rules.map(({ cel, message }) => ({ rule: cel, message }))],
  });
}

/**
 * The object's fields that must be given, each with a sentence that says how: the API server's own words for a missing field are
 * `Required value` and nothing more. In the CRD a rule takes the place of `required`; our own parser needs no second rule.
 */
export function withNeeded<S extends z.ZodObject>(schema: S, sentences: Readonly<Partial<Record<keyof S['shape'] & string, string>>>): S {
  const rules = Object.entries(sentences).map(([field, message]) => ({
    rule: `has(self.${field})`,
    message,
    reason: 'FieldValueRequired',
    fieldPath: `.${field}`,
  }));
  return schema.meta({ ...schema.meta(), [VALIDATIONS]: [...validationsOf(schema), ...rules] });
}

/**
 * The object's fields that stay as they were made, but for those named. Our own parser sees one version alone, so that only the API server
 * can tell.
 */
export function withFixed<S extends z.ZodObject>(schema: S, but: readonly (keyof S['shape'] & string)[], message: string): S {
  const fixed = Object.keys(schema.shape).filter(field => !but.includes(field));
  const rules = fixed.map(field => ({
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${field} ${message}`,
    fieldPath: `.${field}`,
  }));
  return schema.meta({ ...schema.meta(), [VALIDATIONS]: [...validationsOf(schema), ...rules] });
}

function validationsOf(schema: z.ZodType): readonly unknown[] {
  const present = schema.meta()?.[VALIDATIONS];
  return Array.isArray(present) ? present : [];
}
