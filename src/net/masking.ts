const MASK = '***';

/** Secrets that have a shape of their own, wherever they stand. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // A Telegram bot token in a path: api.telegram.org/bot<digits>:<rest>/method (Bot API, "Making requests").
  [/\bbot\d+(?::|%3A)[\w-]+/gi, `bot${MASK}`],
  // The same token bare; real ones have 35 characters after the colon.
  [/\b\d{6,}:[\w-]{30,}/g, MASK],
  // user:password@ in any URL.
  // A scheme is short: looked for from every letter on, a long one would take a time that grows with its square.
  [/(\b[a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, `$1${MASK}@`],
];

/** The text with every given secret, also percent-encoded, JSON-escaped or in base64, and every bot token and URL userinfo replaced by `***`. */
export function masked(text: string, secrets: readonly string[] = []): string {
  const spellings = new Set(secrets.flatMap(spellingsOf));
  // The longest first: a secret that is part of another would leave the rest of it standing.
  const given = [...spellings].toSorted((a, b) => b.length - a.length).reduce((left, secret) => left.replaceAll(secret, MASK), text);
  return SHAPES.reduce((left, [shape, mask]) => left.replace(shape, mask), given);
}

/** A "secret" of one or two characters is none; masking it would only spoil the text. */
const SHORTEST = 3;

function spellingsOf(secret: string): string[] {
  const bare = secret.trim();
  if (bare.length < SHORTEST) return [];
  return [bare, percentEncoded(bare), JSON.stringify(bare).slice(1, -1), Buffer.from(bare).toString('base64')];
}

function percentEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate is no reason to fail while a failure is being told.
    return text;
  }
}

/** One line of at most `limit` characters that is safe to show: masked, without control and invisible characters. */
export function excerpt(text: string, secrets: readonly string[] = [], limit = 200): string {
  // Masked before it is cut: half a secret is one too.
  const line = masked(text, secrets)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  // Taking away what was in between may have joined the halves of a secret.
  const characters = Array.from(masked(line, secrets));
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : characters.join('');
}
