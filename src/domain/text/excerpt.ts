import { masked } from './masking.ts';

/** Control, invisible and bidirectional characters, halves of surrogate pairs, and blanks. */
const NOT_SHOWN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu;

/**
 * Foreign text made fit for a message: one line, secrets masked (see `masked`), what cannot be seen taken away, at most
 * `limit` characters, none of them cut in two.
 */
export function excerpt(text: string, secrets: readonly string[] = [], limit = 200): string {
  const line = maskedBeginning(text, secrets).replaceAll(NOT_SHOWN, ' ').trim();
  // Taking away what was in between may have joined the halves of a secret.
  const characters = Array.from(masked(line, secrets));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : characters.join('');
}

/** As {@link excerpt}, with its lines kept apart: of several lines, blank ones are left out. */
export function excerptLines(text: string, limit: number): string {
  const lines = maskedBeginning(text, []).split(/\r\n|[\n\r\u2028\u2029]/, MOST_LINES);
  const shown = lines.map(line => excerpt(line, [], limit)).filter(line => line !== '');
  const characters = Array.from(shown.join('\n'));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : characters.join('');
}

const MOST_LINES = 60;

/** Of a long text no more is looked at: a megabyte would take its time for 200 characters. */
const LOOKED_AT = 64 * 1024;
/** Longer than anything that has the shape of a credential. */
const LONGEST_SHAPE = 16 * 1024;
/** JSON may write each character as six. */
const LONGEST_SPELLING = 6;

function maskedBeginning(text: string, secrets: readonly string[]): string {
  if (text.length <= LOOKED_AT) return masked(text, secrets);
  // What was cut may be half a secret, which no mask knows: so much of the end is left out.
  const longest = Math.max(LONGEST_SHAPE, ...secrets.map(secret => secret.length * LONGEST_SPELLING));
  return masked(text.slice(0, LOOKED_AT + longest), secrets).slice(0, -longest);
}
