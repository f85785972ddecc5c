const MASK = '***';

/** Words under four characters would mask half of any text. */
const SHORTEST_SECRET = 4;

/** Names of fields whose text is a secret, however they are written: `botToken`, `bot_token`, `SIGNOZ-API-KEY`. */
const SECRET_FIELD =
  /("(?:[a-z]+[-_])*(?:authorization|cookie|set-cookie|password|passwd|secret|token|bearertoken|bottoken|api[-_]?key|clientsecret|client[-_]secret|signature)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/**
 * What a secret looks like wherever it stands, with what is put in its place. Each takes a time linear in the text: where a match can begin
 * inside another's text, both would read on to the end, so that servers could stop us by what they answer.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [SECRET_FIELD, `$1"${MASK}"`],
  // Not our own sentences about a "bearer token" or "Basic authentication".
  [/\b(Bearer)\s+(?!tokens?\b)[^\s"'\\,;]{4,}/gi, `$1 ${MASK}`],
  [/\b(Basic)\s+(?!auth)[A-Za-z0-9+/_-]{8,}=*/g, `$1 ${MASK}`],
  // A Telegram bot token in a path: api.telegram.org/bot<digits>:<rest>/method (Bot API, "Making requests").
  [/\bbot\d+(?::|%3A)[\w-]+/gi, `bot${MASK}`],
  // The same token bare; real ones have 35 characters after the colon.
  [/(?<![0-9])\d{6,}:[\w-]{30,}/g, MASK],
  // user:password@ in any URL. A scheme is short: sought without an end, one would take a time that grows with the square of the text.
  [/(\b[a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#"'@]*(?:@[^\s/?#"'@]*)*@/gi, `$1${MASK}@`],
  // A JSON Web Token: service account tokens are such.
  [/(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{1,4096}/g, MASK],
  [/\bsntr[ysu]+_[A-Za-z0-9+/=_-]{16,}/g, MASK],
  [/([?&](?:api[-_]?key|token|access_token|secret|password|signature|sig)=)(?!\*{3})[^&\s"'#]+/gi, `$1${MASK}`],
];

/**
 * The text with every given secret, also as a URL, JSON or base64 writes it, and everything that has the shape of a
 * credential replaced by `***`.
 */
export function masked(text: string, secrets: readonly string[] = []): string {
  const spellings = new Set(secrets.flatMap(spellingsOf));
  // The longest first: a secret that is part of another would leave the rest of it standing.
  const given = [...spellings].toSorted((a, b) => b.length - a.length).reduce((left, secret) => left.replaceAll(secret, MASK), text);
  return SHAPES.reduce((left, [shape, mask]) => left.replaceAll(shape, mask), given);
}

/** What must be masked of an Authorization header: its whole value, the credentials behind the scheme, and for Basic the password in them. */
export function credentialsIn(authorization: string | undefined): string[] {
  if (authorization === undefined) return [];
  const [scheme = '', ...rest] = authorization.split(' ');
  const credentials = rest.join(' ');
  if (scheme.toLowerCase() !== 'basic') return [authorization, credentials];
  const password = Buffer.from(credentials, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
  return [authorization, credentials, password];
}

function spellingsOf(secret: string): string[] {
  const bare = secret.trim();
  if (bare.length < SHORTEST_SECRET) return [];
  return [bare, encodeURIComponent(wellFormed(bare)), JSON.stringify(bare).slice(1, -1), Buffer.from(bare).toString('base64')];
}

/** encodeURIComponent throws on half a surrogate pair. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}
