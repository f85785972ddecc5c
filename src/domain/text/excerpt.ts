const MAX_CHARACTERS = 200;
const SHORTEST_SECRET = 4;
const MASK = '***';

/** Foreign text made fit for a message: secrets masked, control characters and runs of blanks become one blank, at most 200 characters. */
export function excerpt(text: string, secrets: readonly string[] = []): string {
  const clean = [
    ...masked(text, secrets)
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]+/gu, ' ')
      .trim(),
  ];
  return clean.length <= MAX_CHARACTERS ? clean.join('') : `${clean.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}

/** The text without the secrets, also where a URL or JSON wrote them in its own way. Words under four characters would mask half of any text and stay. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(secret => secret.length >= SHORTEST_SECRET)
    .flatMap(secret => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}
