const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const SEPARATOR = 0xff;

/** Alertmanager's fingerprint of an alert: FNV-1a-64 over its labels in byte order of their names (prometheus/common, model/signature.go). */
export function alertFingerprint(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .map(([name, value]) => ({ name: Buffer.from(name), value: Buffer.from(value) }))
    .toSorted((a, b) => Buffer.compare(a.name, b.name));
  let hash = OFFSET;
  for (const { name, value } of pairs) {
    for (const byte of [...name, SEPARATOR, ...value, SEPARATOR]) hash = ((hash ^ BigInt(byte)) * PRIME) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}
