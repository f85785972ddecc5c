const MASK = '***';

/** Names of fields whose text is a secret, however they are written: `botToken`, `bot_token`, `SIGNOZ-API-KEY`. */
const SECRET_FIELD =
  /("(?:[a-z]+[-_])*(?:authorization|cookie|set-cookie|password|passwd|secret|token|bearertoken|bottoken|api[-_]?key|clientsecret|client[-_]secret|signature)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/** What a secret looks like where it stands alone or in the middle of a text, with what is put in its place. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [SECRET_FIELD, `$1"${MASK}"`],
  [/\b(Bearer)\s+[^\s"'\\,;]{4,}/gi, `$1 ${MASK}`],
  [/\b(Basic)\s+[A-Za-z0-9+/_-]{8,}=*/g, `$1 ${MASK}`],
  // Credentials in a URL. A scheme is short: sought without an end, one would take a time that grows with the square of the text.
  [/(\b[a-z][a-z0-9+.-]{0,31}:\/\/)[^\s/"'@]+@/gi, `$1${MASK}@`],
  // A Telegram bot token, also in the path of a Bot API URL.
  [/(?<![0-9])[0-9]{6,12}:[A-Za-z0-9_-]{30,}/g, MASK],
  // A JSON Web Token: service account tokens are such.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/g, MASK],
  [/\bsntr[ysu]+_[A-Za-z0-9+/=_-]{16,}/g, MASK],
  [/([?&](?:api[-_]?key|token|access_token|secret|password|signature|sig)=)[^&\s"'#]+/gi, `$1${MASK}`],
];

/** The text without anything that looks like a credential: the last net, below the rooms that mask the secrets they know. */
export function maskSecrets(text: string): string {
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replaceAll(shape, replacement), text);
}
