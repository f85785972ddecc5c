import type { SecretKeyRef } from '../../crds/reference.ts';

/** What a Secret reference led to. A missing one is an answer, not an error: only a person can mend it. */
export type SecretValue =
  | { readonly is: 'found'; readonly value: string }
  | { readonly is: 'missing'; readonly what: 'SecretNotFound' | 'SecretKeyNotFound' | 'SecretEmpty'; readonly message: string };

/** Reads Secrets in the namespace of the object that names them. Values come without trailing newlines. */
export interface SecretReader {
  read(namespace: string, ref: SecretKeyRef, signal: AbortSignal): Promise<SecretValue>;
}

/** Values of one Secret that belong together, as they stood at one moment: the key of one server must not go with the URL of another. */
export interface WholeSecretReader {
  /** Resolves to what the Secret has under each key. */
  snapshot(namespace: string, name: string, signal: AbortSignal): Promise<(key: string) => SecretValue>;
}
