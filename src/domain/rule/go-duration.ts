const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['µs', 1000n],
  // The Greek letter, which Go takes as well as the sign.
  ['μs', 1000n],
  ['us', 1000n],
  ['ns', 1n],
]);
const WRITTEN = ['h', 'm', 's', 'ms', 'us', 'ns'].map(unit => [unit, UNITS.get(unit) ?? 1n] as const);

/** What Go's int64 holds, 292 years. */
const MOST = 2n ** 63n - 1n;
/** A longer text is no duration that anybody wrote, and slow to reckon with. */
const LONGEST = 64;

/** Nanoseconds of a Go duration, `5m0s` or a number of nanoseconds; undefined for what Go would refuse. */
export function nanosecondsOf(value: unknown): bigint | undefined {
  const ns = typeof value === 'number' ? wholeOf(value) : parsed(value);
  return ns === undefined || ns > MOST || ns < -MOST ? undefined : ns;
}

/** The one text for a length of time: `1h30m` for `90m`, `1h30m0s` and `5400s`. */
export function durationText(ns: bigint): string {
  let rest = ns < 0n ? -ns : ns;
  let text = '';
  for (const [unit, size] of WRITTEN) {
    if (rest >= size) text += `${rest / size}${unit}`;
    rest %= size;
  }
  return text === '' ? '0s' : `${ns < 0n ? '-' : ''}${text}`;
}

function wholeOf(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
}

function parsed(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || value.length > LONGEST) return undefined;
  const [, sign, text = ''] = /^([+-]?)(.+)$/s.exec(value) ?? [];
  const sum = text === '0' ? 0n : sumOf(text);
  return sign === '-' && sum !== undefined ? -sum : sum;
}

function sumOf(text: string): bigint | undefined {
  const part = /(\d*)(?:\.(\d*))?([a-zµμ]+)/y;
  let sum = 0n;
  let at = 0;
  while (at < text.length) {
    const [all = '', whole = '', fraction = '', unit = ''] = part.exec(text) ?? [];
    const size = UNITS.get(unit);
    if (size === undefined || (whole === '' && fraction === '')) return undefined;
    sum += BigInt(whole) * size + (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    at += all.length;
  }
  return text === '' ? undefined : sum;
}
