import { masked } from './masking.ts';

/** Control, invisible and bidirectional characters, halves of surrogate pairs, and blanks. */
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu;

/**
 * Foreign text made fit for a message: one line, secrets masked (see `masked`), what cannot be seen taken away, at most
 * `limit` characters, none of them cut in two.
 */
export function excerpt(text: string, secrets: readonly string[] = [], limit = 200): string {
  const line = masked(text, secrets).replaceAll(NOT_SHOWN, ' ').trim();
  // Taking away what was in between may have joined the halves of a secret.
  const characters = Array.from(masked(line, secrets));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : characters.join('');
}
