/** Where a number or duration that begins here ends, and whether it is one at all. Its value may still be none. */
export function numberEnd(text: string, at: number): { readonly to: number; readonly whole: boolean } {
  const scan = scanned(text, at);
  if (scan.whole && !/[A-Za-z0-9_]/.test(text.charAt(scan.to))) return scan;
  // All that a reader would take for one word.
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0] ?? '';
  return { to: at + word.length, whole: DURATION.test(word) };
}

const WORD = /[A-Za-z0-9_.]+/y;
const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

interface Scan {
  readonly text: string;
  readonly hex: boolean;
  at: number;
  dot: boolean;
  exponent: boolean;
}

/** The steps of Prometheus's scanNumber, of which some surprise: `0x1e` at the end of the text is none, `0x1e ` is. */
function scanned(text: string, from: number): { to: number; whole: boolean } {
  const prefix = /0(?:[xX]_?)?/y;
  prefix.lastIndex = from;
  const begun = prefix.exec(text)?.[0] ?? '';
  const scan: Scan = { text, hex: begun.length > 1, at: from + begun.length, dot: false, exponent: false };
  if (text.charAt(scan.at) === '.') scan.at += 1;
  if (isDigit(scan)) scan.at += 1;
  while (scan.at < text.length && (isDigit(scan) || /[._eE]/.test(text.charAt(scan.at)))) {
    if (!taken(scan)) return { to: scan.at, whole: false };
  }
  return { to: scan.at, whole: true };
}

function taken(scan: Scan): boolean {
  const character = scan.text.charAt(scan.at);
  if (character === '.') return dot(scan);
  if (/[eE]/.test(character)) return exponent(scan);
  if (character === '_') {
    scan.at += 1;
    return followed(scan);
  }
  while (scan.at < scan.text.length && isDigit(scan)) scan.at += 1;
  return true;
}

function dot(scan: Scan): boolean {
  if (scan.dot || scan.hex) return false;
  scan.dot = true;
  scan.at += 1;
  return !/[_.]/.test(scan.text.charAt(scan.at));
}

function exponent(scan: Scan): boolean {
  if (scan.exponent) return false;
  scan.exponent = true;
  scan.at += 1;
  if (/[-+]/.test(scan.text.charAt(scan.at))) scan.at += 1;
  return followed(scan);
}

function followed({ text, at }: Scan): boolean {
  return at < text.length && !/[._eE]/.test(text.charAt(at));
}

function isDigit({ text, at, hex }: Scan): boolean {
  return (hex ? /[0-9a-fA-F]/ : /\d/).test(text.charAt(at));
}

const UNITS: Readonly<Record<string, number>> = { y: 31_536_000, w: 604_800, d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };
const ORDER = ['y', 'w', 'd', 'h', 'm', 's', 'ms'];
/** Go's int64, and its nanoseconds in seconds. */
const LARGEST = 2n ** 63n;
const LONGEST_SECONDS = 2 ** 63 / 1e9;

/** The value as Prometheus reads it, durations in seconds; undefined where it refuses the text. */
export function numberValue(written: string): number | undefined {
  if (/^nan$/i.test(written)) return NaN;
  if (/^inf$/i.test(written)) return Infinity;
  if (DURATION.test(written)) return durationValue(written);
  const digits = written.replaceAll('_', '');
  if (!/\d/.test(digits)) return undefined;
  if (/^0[xX](?:_?[0-9a-fA-F])+$/.test(written)) return integer(digits);
  if (/^0(?:_?[0-7])+$/.test(written)) return integer(`0o${digits.slice(1)}`) ?? Number(digits);
  if (!/^(?:\d+(?:_\d+)*)?(?:\.(?:\d+(?:_\d+)*)?)?(?:[eE][-+]?\d+(?:_\d+)*)?$/.test(written)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

function integer(digits: string): number | undefined {
  const value = BigInt(digits);
  return value < LARGEST ? Number(value) : undefined;
}

function durationValue(written: string): number | undefined {
  let seconds = 0;
  let last = -1;
  for (const [, count = '', unit = ''] of written.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    const place = ORDER.indexOf(unit);
    if (place <= last) return undefined;
    last = place;
    seconds += Number(count) * (UNITS[unit] ?? NaN);
  }
  return seconds < LONGEST_SECONDS ? seconds : undefined;
}

/** Whether a number of seconds can be a duration at all. */
export function fitsDuration(seconds: number): boolean {
  return !(Math.abs(seconds) > LONGEST_SECONDS);
}
