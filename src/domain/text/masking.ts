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

/** How names of settings end that hold a secret, in any writing: `DB_PASSWORD`, `apiKey`, `webhook-tokens`. */
const SECRET_WORD =
  'authorization|cookies?|pass(?:word|wd|phrase|code)s?|pwd|secrets?|tokens?|api[-_]?keys?|access[-_]?keys?|account[-_]?keys?|private[-_]?keys?|signing[-_]?keys?|credentials?|signatures?|dsn';
const SECRET_NAME = new RegExp(`(?:^|[-_./ ]|(?<=[a-z0-9])(?=[A-Z]))(?:${SECRET_WORD}|pass)$`, 'i');
const HARMLESS_NAME = /run_?token$/i;

/** Whether what stands under this name is a secret, as far as a name can tell. */
export function isSecretName(name: string): boolean {
  const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_');
  return SECRET_NAME.test(words) && !HARMLESS_NAME.test(words);
}

/** What stands between a name and its value, also of Ruby, within an escaped text and within a URL. */
const MARK = String.raw`(?:%22|\\{0,4}["'])?\s{0,4}(?:=>|[:=]|%3[AD])\s{0,4}(?:%22)?`;
/** A value: a list, a text in quotes whatever is in it, or words without a blank, of which commas make a list. */
const VALUE = String.raw`(?:\[[^\]\n]{4,4096}|"(?:[^"\\\n]|\\[^\n]){4,}|'[^'\n]{4,}|\\{0,4}["']?(?!\*{3})(?:[^\s"'\\,;&}\])]|,(?=[^\s"'\\,])){4,})`;

/**
 * What may well be a secret where nobody can say so: harmless words are hidden with it, which is right for what leaves the house and wrong
 * for a message. Linear in the text, as {@link SHAPES}: each begins where a word does, and reads on no further than a bound before its mark.
 */
const SUSPICIOUS: readonly (readonly [RegExp, string | ((...match: string[]) => string)])[] = [
  // The whole header: schemes are many.
  [
    /((?<![\w.-])(?:proxy-)?(?:authorization|(?:set-)?cookie)\\{0,4}["']?\s{0,4}[:=]\s{0,4}\\{0,4}["']?)(?!(?:Bearer |Basic )?\*{3}(?!\S* [^\s"'\\]))[^"'\\\r\n]{4,}/gi,
    `$1${MASK}`,
  ],
  // name=value, name: value and "name":"value", also with quotes that are escaped within another text.
  [new RegExp(String.raw`((?<![\w.-])(?!run_?token)[\w.-]{0,48}?(?:${SECRET_WORD}|pass)${MARK})(${VALUE})`, 'gi'), hiddenValue],
  // {"name": "DB_PASSWORD", "value": "…"}: a variable, a parameter or a header.
  [
    new RegExp(
      String.raw`("name\\{0,4}"\s{0,4}:\s{0,4}\\{0,4}"[\w.-]{0,48}?(?:${SECRET_WORD}|pass)\\{0,4}"\s{0,4},\s{0,4}\\{0,4}"value\\{0,4}"\s{0,4}:\s{0,4}\\{0,4}")(?!\*{3})[^"\\\n]+`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  // --requirepass value, and requirepass value in a redis.conf.
  [
    /(?<![\w-])((?:--?[\w-]{0,40}?(?:pass|password|token|secret|key|auth)(?:\s{1,4}|=|",\s{0,4}"))|(?:requirepass|masterauth)\s{1,4})(?!\*{3}|-)[^\s"',]{4,}/gi,
    `$1${MASK}`,
  ],
  // curl -u name:secret
  [/(?<![\w-])((?:-u|--user)[\s=]["']?[^\s:"']{1,64}:)(?!\*{3})[^\s"']{4,}/g, `$1${MASK}`],
  // Up to its end, whatever a log writes before each line, and wherever its headers have a dash.
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----))*/g, `${MASK} `],
  // Of well-known services: GitHub, GitLab, Slack, OpenAI, AWS, Google, Hugging Face, SendGrid, DigitalOcean, npm, Grafana.
  [/(?<![\w-])(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk-|AKIA|ASIA|AIza|hf_|SG\.|dop_v1_|npm_|glsa_)[\w.-]{12,}/g, MASK],
];

/** In its brackets or quotes, where it has any. */
function hiddenValue(_: string, before = '', value = ''): string {
  const [opening] = /^(?:\[|\\{0,4}["'])?/.exec(value) ?? [''];
  return `${before}${opening}${MASK}`;
}

const ANY_URL = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,31}:\/\/[^\s"'<>\\]+/gi;
/** A part of a path that nobody would write by hand: a UUID, a long hexadecimal number, or letters of both cases with digits. */
const OPAQUE =
  /^(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{24,}|(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[\w-]{16,})$/;

/**
 * Masks what leaves the hands of those who know the secrets, such as a support bundle: all that {@link masked} does, the given secrets also
 * within longer base64, and whatever may well be a secret.
 */
export function maskerForOthers(secrets: readonly string[]): (text: string) => string {
  const spellings = [
    ...new Set(secrets.flatMap(secret => [...spellingsOf(secret), ...rarerSpellings(secret), ...withinBase64(secret)])),
  ].toSorted((a, b) => b.length - a.length);
  return text => {
    const given = spellings.reduce((left, secret) => left.replaceAll(secret, MASK), text);
    const plain = SUSPICIOUS.reduce(
      (left, [shape, mask]) => (typeof mask === 'string' ? left.replaceAll(shape, mask) : left.replaceAll(shape, mask)),
      masked(given),
    );
    return plain.replaceAll(ANY_URL, withoutKeys);
  };
}

/** As others than Node write a secret: JSON of Go and PHP, JSON within JSON, escapes of a URL in small letters or around another, HTML, hexadecimal. */
function rarerSpellings(secret: string): string[] {
  const bare = secret.trim();
  if (bare.length < SHORTEST_SECRET) return [];
  const json = JSON.stringify(bare).slice(1, -1);
  const url = encodeURIComponent(wellFormed(bare));
  const go = json.replaceAll(/[<>&]/g, each => `\\u00${each.charCodeAt(0).toString(16)}`);
  const html = bare.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  const small = url.replaceAll(/%[0-9A-F]{2}/g, each => each.toLowerCase());
  const twice = [json, go].map(each => JSON.stringify(each).slice(1, -1));
  return [
    go,
    ...twice,
    json.replaceAll('/', String.raw`\/`),
    small,
    encodeURIComponent(url),
    encodeURI(wellFormed(bare)),
    html,
    Buffer.from(bare).toString('hex'),
  ];
}

const SHORTEST_IN_BASE64 = 8;

/** What a longer text in base64 shows of the secret, wherever in it the secret begins. */
function withinBase64(secret: string): string[] {
  const bare = Buffer.from(secret.trim());
  if (bare.length < SHORTEST_IN_BASE64) return [];
  return [0, 1, 2].map(before => {
    const encoded = Buffer.concat([Buffer.alloc(before), bare])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last character are shared with what stands beside it.
    const whole = Math.floor(((before + bare.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), whole);
  });
}

/** A URL with its path as far as people have written it, and without the values of its query. */
function withoutKeys(url: string): string {
  const [address = '', ...query] = url.split('?');
  const path = address.split('/').map((part, index) => (index > 2 && OPAQUE.test(part) ? MASK : part));
  return [path.join('/'), ...query.map(part => part.replaceAll(/=[^&#]+/g, `=${MASK}`))].join('?');
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
