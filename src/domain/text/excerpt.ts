const SHORTEST_SECRET = 4;
const MASK = '***';

/** Foreign text made fit for a message: secrets masked, control characters and runs of blanks become one blank, at most `limit` characters. */
export function excerpt(text: string, secrets: readonly string[] = [], limit = 200): string {
  const clean = masked(text, secrets)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(clean);
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join('')}…`;
}

/** The text without the secrets, also where a URL or JSON wrote them in its own way. Words under four characters would mask half of any text and stay. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(secret => secret.length >= SHORTEST_SECRET)
    .flatMap(secret => [secret, encodeURIComponent(wellFormed(secret)), JSON.stringify(secret).slice(1, -1)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}

/** encodeURIComponent throws on half a surrogate pair. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}
