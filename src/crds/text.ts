import { z } from 'zod';
import { VALIDATIONS, withRules } from './rule.ts';

export interface Wording {
  /** Go RE2, anchored, without flags. */
  readonly pattern: RegExp;
  readonly maxLength: number;
  /** What the text must be, with an example: shown by the API server and by our own parser. */
  readonly sentence: string;
}

/** The API server prints the pattern that a value fails; a longer one than this would bury the sentence. */
const LONGEST_SHOWN = 80;

/** A text held to a pattern. Where it is wrong, a CEL rule says the sentence; a short pattern also stands in the schema itself. */
export function patternedText({ pattern, maxLength, sentence }: Wording): z.ZodString {
  const text = z.string().max(maxLength);
  const cel = matches('self', pattern);
  if (pattern.source.length > LONGEST_SHOWN) return withRules(text, [{ cel, message: sentence, holds: value => pattern.test(value) }]);
  return text.regex(pattern, { error: sentence }).meta({ [VALIDATIONS]: [{ rule: cel, message: sentence }] });
}

/** Anything but blanks. */
export const SAYS = /[^ \t\r\n]/;

/** A text in any script that is not blank. Its length counts in characters, as the API server counts them: an emoji is one. */
export function spokenText({ maxLength, sentence }: { readonly maxLength?: number; readonly sentence: string }): z.ZodString {
  const text = maxLength === undefined ? z.string() : noLongerThan(maxLength);
  return withRules(text, [{ cel: matches('self', SAYS), message: sentence, holds: value => SAYS.test(value) }]);
}

function noLongerThan(maxLength: number): z.ZodString {
  return z
    .string()
    .refine(text => Array.from(text).length <= maxLength, { error: `must have at most ${maxLength} characters` })
    .meta({ maxLength });
}

/** A list whose entries differ. The API server sees to that by itself; our own parser does it here, at the same place. */
export function distinct<S extends z.ZodType<string>>(entries: z.ZodArray<S>): z.ZodArray<S> {
  const checked = entries.superRefine((list, ctx) => {
    for (const [index, entry] of list.entries()) {
      if (list.indexOf(entry) < index)
        ctx.addIssue({ code: 'custom', path: [index], message: 'it is in the list already: remove one of the two' });
    }
  });
  return checked.meta({ ...entries.meta(), 'x-kubernetes-list-type': 'set' });
}

/** The CEL expression that is true where the expression's value matches. */
export function matches(expression: string, pattern: RegExp): string {
  return `${expression}.matches(r'${plainSource(pattern)}')`;
}

/** JavaScript escapes the slash in a pattern's source; Go and people need no escape. */
function plainSource(pattern: RegExp): string {
  return pattern.source.replaceAll(String.raw`\/`, '/');
}
