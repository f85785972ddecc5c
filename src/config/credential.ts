import { z } from 'zod';

/** A secret that may change while the process runs: where it comes from a file, `current` reads the file again. */
export interface Credential<T> {
  /** What the file holds now; as long as it cannot be read, or holds nothing valid, what it held before. */
  current(): T;
}

/** Gives the text of a credential; throws an {@link UnreadableFile} where the file cannot be read. */
export type CredentialText = () => string;

export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** A field that takes a {@link CredentialText} and checks it when the configuration is loaded, and again at each reading. */
export function credential<T>(content: z.ZodType<T, string>): z.ZodType<Credential<T>, CredentialText> {
  return z
    .custom<CredentialText>(value => typeof value === 'function')
    .transform((text, ctx) => {
      const first = attempt(text, content);
      if (!('value' in first)) {
        ctx.addIssue({ code: 'custom', message: first.problem, params: { unreadable: first.unreadable } });
        return z.NEVER;
      }
      return rereading(first.value, () => attempt(text, content));
    });
}

type Attempt<T> = { readonly value: T } | { readonly problem: string; readonly unreadable: boolean };

function rereading<T>(first: T, again: () => Attempt<T>): Credential<T> {
  let last = first;
  return {
    current() {
      const next = again();
      if ('value' in next) last = next.value;
      return last;
    },
  };
}

function attempt<T>(text: CredentialText, content: z.ZodType<T, string>): Attempt<T> {
  try {
    const parsed = content.safeParse(text().trim());
    return parsed.success
      ? { value: parsed.data }
      : { problem: parsed.error.issues.map(issue => issue.message).join('; '), unreadable: false };
  } catch (err) {
    return { problem: err instanceof Error ? err.message : 'it cannot be read', unreadable: err instanceof UnreadableFile };
  }
}
