/** A resource.Quantity of Kubernetes, exact to the billionth, as the API server keeps it. */
export interface Quantity {
  readonly nano: bigint;
  /** Whether it was written in powers of 1024, and is to be written so again. */
  readonly binary: boolean;
}

const NANO = 1_000_000_000n;
const DECIMAL: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': NANO,
  k: NANO * 10n ** 3n,
  M: NANO * 10n ** 6n,
  G: NANO * 10n ** 9n,
  T: NANO * 10n ** 12n,
  P: NANO * 10n ** 15n,
  E: NANO * 10n ** 18n,
};
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: NANO << 10n,
  Mi: NANO << 20n,
  Gi: NANO << 30n,
  Ti: NANO << 40n,
  Pi: NANO << 50n,
  Ei: NANO << 60n,
};

const WRITTEN = /^([0-9]+)(?:[.]([0-9]*))?(?:([eE][+-]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** Undefined for what is no quantity, or a negative one, which no resource has. A part beyond the billionth is rounded up. */
export function quantityOf(text: unknown): Quantity | undefined {
  const [, whole, part = '', exponent, unit = ''] =
    (typeof text === 'string' || typeof text === 'number' ? WRITTEN.exec(String(text)) : null) ?? [];
  if (whole === undefined) return undefined;
  const scale = BINARY[unit] ?? DECIMAL[unit] ?? NANO;
  const power = Number(exponent?.slice(1) ?? 0) - part.length;
  const digits = BigInt(whole + part) * scale;
  const nano = power >= 0 ? digits * 10n ** BigInt(power) : roundedUp(digits, 10n ** BigInt(-power));
  return { nano, binary: unit in BINARY };
}

/** So many times as much. The factor is taken as it is written: 1.1 is eleven tenths. */
export function times({ nano, binary }: Quantity, factor: number): Quantity {
  const [top, bottom] = fraction(factor);
  return { nano: roundedUp(nano * top, bottom), binary };
}

/** The smallest whole number that is so many times as much or more. */
export function wholeTimes(count: number, factor: number): number {
  const [top, bottom] = fraction(factor);
  return Number(roundedUp(BigInt(count) * top, bottom));
}

function fraction(factor: number): readonly [bigint, bigint] {
  const { nano } = quantityOf(factor) ?? { nano: NANO };
  return [nano, NANO];
}

const UNIT_OF: Readonly<Record<Resource, { readonly binary: readonly bigint[]; readonly decimal: readonly bigint[] }>> = {
  memory: { binary: [NANO << 20n, NANO << 10n], decimal: [NANO * 10n ** 6n, NANO * 10n ** 3n] },
  cpu: { binary: [], decimal: [] },
};
export type Resource = 'memory' | 'cpu';

/** From so many of a unit on, it is fine enough to round up to. */
const FINE_ENOUGH = 64n;

/** Rounded up to what people write: whole thousandths of a CPU; whole Mi (or M) of memory, or Ki (or k) where that were too coarse. */
export function sensible({ nano, binary }: Quantity, resource: Resource): Quantity {
  const units = UNIT_OF[resource][binary ? 'binary' : 'decimal'];
  const finest = resource === 'cpu' ? NANO / 1_000n : NANO;
  const unit = units.find(each => nano >= each * FINE_ENOUGH) ?? finest;
  return { nano: roundedUp(nano, unit) * unit, binary };
}

/** In the largest unit that takes no fraction, as the API server writes it. */
export function written({ nano, binary }: Quantity): string {
  if (nano === 0n) return '0';
  const units = Object.entries(binary && nano % NANO === 0n ? { '': NANO, ...BINARY } : DECIMAL);
  const [unit, size] = units.findLast(([, size]) => nano % size === 0n) ?? ['n', 1n];
  return `${nano / size}${unit}`;
}

function roundedUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
