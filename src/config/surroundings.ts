import { type CredentialText, UnreadableFile } from './credential.ts';
import type { VariableFacts } from './variable.ts';

/** Where variables, and the files that some of them name, are read from. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws where there is none. */
  readonly readFile: (path: string) => string;
}

/** The text of a variable; undefined when it is not set or blank. */
export function textOf({ env }: Surroundings, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

/** The variable that names a file with the credential. */
export function fileVariable({ env }: VariableFacts): string {
  return `${env}_FILE`;
}

/** What a field of a slice is parsed from: the text of the variable or its default, and for a credential what gives that text. */
export function given(facts: VariableFacts, surroundings: Surroundings): string | CredentialText | undefined {
  const text = textOf(surroundings, facts.env) ?? facts.default;
  if (!facts.secret) return text;
  const file = textOf(surroundings, fileVariable(facts));
  if (file === undefined) return text === undefined ? undefined : () => text;
  return () => contentOf(file, surroundings);
}

/** The same where the variable is not set. */
export function fallback(facts: VariableFacts): string | CredentialText | undefined {
  const text = facts.default;
  return facts.secret && text !== undefined ? () => text : text;
}

function read(file: string, readFile: Surroundings['readFile']): string {
  try {
    return readFile(file);
  } catch (err) {
    throw new UnreadableFile(err instanceof Error ? err.message : String(err));
  }
}

function contentOf(file: string, { readFile }: Surroundings): string {
  const content = read(file, readFile);
  if (content.trim() === '') throw new Error('the file is empty');
  return content;
}
