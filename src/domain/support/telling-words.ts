import { urlKeys } from '../text/url-keys.ts';

/** Values under four characters would hide half of any text, and these say nothing to anybody. */
const SHORTEST = 4;
const HARMLESS = new Set(['true', 'false', 'null', 'none', 'default', 'redis', 'awoooi', 'admin', 'demo', 'token', 'secret', 'password']);

/** The words of a secret setting that must be found nowhere: the whole, each entry of a list, and of `name:secret` the secret. */
export function tellingWords(value: string): readonly string[] {
  const entries = value.split(/[,\n]/).map(entry => entry.trim());
  const words = [value.trim(), ...entries, ...entries.flatMap(behindName), ...entries.flatMap(keysOfUrl)];
  return [...new Set(words)].filter(word => word.length >= SHORTEST && !HARMLESS.has(word.toLowerCase()));
}

/** Of `ci:abcdefgh` and `Bearer abcdefgh`, not of a URL. */
function behindName(entry: string): string[] {
  const [, secret] = /^[^\s:/]+(?::(?!\/\/)|\s+)(.+)$/.exec(entry) ?? [];
  return secret === undefined ? [] : [secret];
}

/** Of a URL the password, or the user where that is all there is, and what in its path and query is no plain word. */
function keysOfUrl(entry: string): string[] {
  const url = URL.parse(entry);
  if (!url || !/^[a-z][a-z0-9+.-]*:\/\//i.test(entry)) return [];
  const credential = url.password === '' ? url.username : url.password;
  const credentials = [credential, decoded(credential)];
  return [...credentials, ...urlKeys(entry).filter(isNoPlainWord)];
}

const LONGEST_WORD = 20;

function isNoPlainWord(text: string): boolean {
  return text.length >= LONGEST_WORD || (text.length >= 8 && /[0-9A-Z]/.test(text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
