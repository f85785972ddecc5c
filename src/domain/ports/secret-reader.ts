import type { SecretKeyRef } from '../../crds/reference.ts';

/** What a Secret reference led to. A missing one is an answer, not an error: only a person can mend it. */
export type SecretValue =
  | { readonly is: 'found'; readonly value: string }
  | { readonly is: 'missing'; readonly what: 'SecretNotFound' | 'SecretKeyNotFound' | 'SecretEmpty'; readonly message: string };

/** Reads Secrets in the namespace of the object that names them. Values come without trailing newlines. */
export interface SecretReader {
  read(namespace: string, ref: SecretKeyRef, signal: AbortSignal): Promise<SecretValue>;
}
