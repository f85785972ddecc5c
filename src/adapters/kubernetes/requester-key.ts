import { createHash } from 'node:crypto';

/** Of a key of a ConfigMap. */
const LONGEST = 253;

/** A key of a ConfigMap for a person, another for each: letters and digits stay, all else is `_` and its bytes in hex. */
export function requesterKey(by: string): string {
  const key = by.replaceAll(/[^A-Za-z0-9]/gu, escaped);
  if (key.length <= LONGEST) return key;
  return `${key.slice(0, 200)}__${createHash('sha256').update(by).digest('hex').slice(0, 32)}`;
}

function escaped(character: string): string {
  return [...Buffer.from(character)].map(byte => `_${byte.toString(16).padStart(2, '0')}`).join('');
}
