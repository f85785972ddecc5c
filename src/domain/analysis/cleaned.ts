import { cut } from '../text/cut.ts';
import { masked } from '../text/masking.ts';

const MASK = '***';

interface Pattern {
  readonly finds: string;
  readonly pattern: RegExp;
  /** What is put in its place; `$1` is what stays. */
  readonly mask: string;
}

/**
 * What of foreign text must leave this process neither for a model nor for a comment, besides what `masked` knows. Each takes a time linear in
 * the text, and leaves alone what it has masked.
 */
const PATTERNS: readonly Pattern[] = [
  // Also one whose end was cut off.
  {
    finds: 'private keys',
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
    mask: MASK,
  },
  {
    finds: 'authorization headers of several fields',
    pattern: /\b(AWS4-HMAC-SHA256|Digest|Hawk|OAuth|Signature)\s{1,4}(?:[\w-]{1,40}=(?:"[^"\n]{0,2048}"|[^\s,"']{1,2048}),?\s{0,4}){2,40}/g,
    mask: `$1 ${MASK}`,
  },
  {
    finds: 'authorization headers of any scheme',
    pattern:
      /(\bauthorization["']?\s{0,4}[=:](?!\s{0,4}\[?["']?\*{3})\s{0,4}\[?["']?(?:(?:bearer|basic|token|digest|apikey|negotiate|splunk)\s{1,4})?)(?!\*{3}|[a-z][\w-]{0,20}\s{1,4}\*{3})[^\s"',;]+(?:\s{1,4}[\w+/.=-]{16,})?/gi,
    mask: `$1${MASK}`,
  },
  { finds: 'cookies', pattern: /(\b(?:set-)?cookie["']?\s{0,4}[=:](?!\s{0,4}\[?["']?\*{3})\s{0,4}\[?["']?)[^\n"']+/gi, mask: `$1${MASK}` },
  // These addresses are their own keys.
  {
    finds: 'webhook addresses',
    pattern:
      /(\bhooks\.slack\.com\/(?:services|workflows)\/|\bdiscord(?:app)?\.com\/api\/webhooks\/|\bwebhook\.office\.com\/webhookb2\/)(?!\*{3})[^\s"'<>]+/gi,
    mask: `$1${MASK}`,
  },
  { finds: 'AWS access keys', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, mask: MASK },
  { finds: 'GitHub tokens', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g, mask: MASK },
  { finds: 'GitLab tokens', pattern: /\bgl(?:pat|dt|rt|ptt|soat|cbt)-[\w-]{16,255}/g, mask: MASK },
  { finds: 'Slack tokens', pattern: /\bxox[abeoprs](?:\.xox[bp])?-[\w-]{10,255}|\bxapp-[\w-]{10,255}/g, mask: MASK },
  // OpenAI and Anthropic begin theirs with sk- too, Stripe with sk_, rk_ and whsec_.
  {
    finds: 'keys of model and payment providers',
    pattern: /\bsk-[\w-]{16,255}|\b(?:sk|rk|pk)_(?:live|test)_\w{10,255}|\bwhsec_\w{16,255}/g,
    mask: MASK,
  },
  { finds: 'Google API keys', pattern: /\bAIza[\w-]{30,255}|\bya29\.[\w.-]{20,2048}/g, mask: MASK },
  {
    finds: 'tokens of registries and clouds',
    pattern:
      /\bnpm_[A-Za-z0-9]{30,255}|\bpypi-[\w-]{30,2048}|\bdop_v1_[a-f0-9]{40,255}|\bhf_[A-Za-z0-9]{30,255}|\bhv[sbr]\.[\w-]{20,2048}|\bSG\.[\w-]{16,64}\.[\w-]{16,255}|\bdckr_[op]at_[\w-]{16,255}|\bdapi[a-f0-9]{32}\b|\b\w{10,20}\.atlasv1\.[\w-]{40,255}/g,
    mask: MASK,
  },
  {
    finds: 'keys of services',
    pattern:
      /\bglsa_\w{20,255}|\bglc_[\w+/=-]{20,2048}|\bshp(?:at|ca|pa|ss)_[a-f0-9]{32}|\bSK[a-f0-9]{32}\b|\bkey-[a-f0-9]{32}\b|\blin_api_\w{20,255}|\bAGE-SECRET-KEY-1[A-Z0-9]{40,80}/g,
    mask: MASK,
  },
  // The last part is empty where nothing is signed.
  { finds: 'JSON Web Tokens', pattern: /(?<![\w-])eyJ[\w-]{8,4096}\.eyJ[\w-]{4,4096}\.?/g, mask: MASK },
  { finds: 'hashes of passwords', pattern: /\$(?:apr1|[156y]|2[abxy]|argon2id?)\$[^\s:,"']{8,255}/g, mask: MASK },
  {
    finds: 'passwords in commands',
    pattern:
      /((?<!\S)--?(?:[a-z]{1,20}-){0,4}(?:pass(?:word|wd|phrase)?|secret|token|api-?key)(?:=|\s{1,4})|\bcurl\s(?:[^\n]{0,200}?\s)?(?:-u|--user)\s{0,4}[^\s:]{1,64}:)(?!["']?\*{3}|-)[^\s"']+/gi,
    mask: `$1${MASK}`,
  },
  {
    finds: 'passwords in XML',
    pattern: /(<(?:[\w-]{1,40}:)?[\w-]{0,40}(?:password|passwd|pwd|secret|token|api-?key)>)(?!\*{3})[^<]+/gi,
    mask: `$1${MASK}`,
  },
  // `password=x`, `DB_PASSWORD: "x y"`, `AccountKey=x;`, `apiKey='x'`.
  {
    finds: 'what is called a password, secret, token or key',
    pattern:
      /((?:passw(?:or)?ds?|passphrase|passcode|pwd|secrets?|token|api[-_ ]?key|access[-_ ]?key(?:[-_ ]?id)?|(?:account|auth|encryption|integration|license|master|private|secret|signing)[-_ ]?key|shared[-_]?access[-_]?signature|x-(?:amz|goog)-signature|credentials?|session[-_ ]?id|(?<![a-z])t?otp|密碼|密码|口令|金鑰|權杖)(?:\d{1,3}|[-_]?(?:base|base64|hash|value)){0,2}\\?["']?\s{0,16}(?:=>|:=|[=:：]|%3D)\s{0,16})(?!["'\\]{0,2}\*{3}(?!\w))(?:[|>][-+]?(?:\n[ \t]{1,80}[^\n]{1,4096}){1,99}|[bu]?\\?"[^"\n]*"?|[bu]?'[^'\n]*'?|[^\s,;&"']+)/gi,
    mask: `$1${MASK}`,
  },
  // Not how many tests have passed.
  {
    finds: 'what is called pass',
    pattern: /((?<![a-z])pass\\?["']?\s{0,4}[=:]\s{0,4})(?!["'\\]{0,2}\*{3}|\d{1,6}\b)(?:\\?"[^"\n]*"?|'[^'\n]*'?|[^\s,;&"']+)/gi,
    mask: `$1${MASK}`,
  },
  // Not a release, such as api@1.4.2: the last part of a domain holds no digits.
  {
    finds: 'e-mail addresses',
    pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,7}\.\p{L}{2,63}/gu,
    mask: MASK,
  },
];

const CARD = /(?<![\d.-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\d-])/g;

/** The text without secrets and addresses of people, as far as their shape tells: it goes to a model, and into comments that are e-mailed. */
export function cleaned(text: string): string {
  const without = PATTERNS.reduce((left, { pattern, mask }) => left.replaceAll(pattern, mask), masked(text));
  return without.replaceAll(CARD, number => (hasCheckDigit(number) ? MASK : number));
}

/** Luhn's: of numbers that are no cards nine in ten have none. */
function hasCheckDigit(number: string): boolean {
  const digits = Array.from(number.replaceAll(/\D/g, ''), Number).toReversed();
  const weights = digits.map((digit, index) => (index % 2 === 0 ? digit : digit * 2));
  const sum = weights.reduce((total, weight) => total + (weight > 9 ? weight - 9 : weight), 0);
  return digits.length >= 13 && sum % 10 === 0;
}

/** More of one text is not looked at: a label may be a megabyte long. */
const LOOKED_AT = 32 * 1024;
/** Longer than a secret that a cut could halve, after which its shape would no longer tell. */
const LONGEST_SECRET = 8 * 1024;

/** Cleaned, and at most so many characters. */
export function cleanedBeginning(text: string, limit: number): string {
  const clean = text.length <= LOOKED_AT ? cleaned(text) : cleaned(text.slice(0, LOOKED_AT)).slice(0, -LONGEST_SECRET);
  // What was not looked at is missing from its end, however short the rest is.
  return text.length > LOOKED_AT ? cut(`${clean}…`, limit) : cut(clean, limit);
}
