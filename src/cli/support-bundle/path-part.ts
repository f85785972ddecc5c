import { createHash } from 'node:crypto';

const LONGEST = 80;

/** A name as one part of a path in the archive: nothing that leads elsewhere, and short enough; what is cut stays told apart. */
export function pathPart(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_');
  if (plain === name && name.length <= LONGEST && name !== '') return name;
  return `${plain.slice(0, LONGEST)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
