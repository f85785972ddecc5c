const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const PRIME_LOW = 0x1b3;
/** The rest of the prime is 2^40: a shift by 8 into the upper half. */
const PRIME_SHIFT = 0x100;
const SEPARATOR = 0xff;
const HALF = 0x1_0000_0000;

/** Alertmanager's fingerprint of an alert: FNV-1a-64 over its labels in byte order of their names (prometheus/common, model/signature.go). */
export function alertFingerprint(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .map(([name, value]) => ({ name: Buffer.from(name), value: Buffer.from(value) }))
    .toSorted((a, b) => Buffer.compare(a.name, b.name));
  // In halves: BigInt would take a second for the labels that one body may hold.
  let [high, low] = [OFFSET_HIGH, OFFSET_LOW];
  const add = (byte: number): void => {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * PRIME_LOW;
    high = (high * PRIME_LOW + mixed * PRIME_SHIFT + Math.floor(product / HALF)) >>> 0;
    low = product >>> 0;
  };
  for (const { name, value } of pairs) {
    name.forEach(add);
    add(SEPARATOR);
    value.forEach(add);
    add(SEPARATOR);
  }
  return `${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}
