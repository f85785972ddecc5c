import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/**
 * The content of the named entries of a zip file (PKWARE APPNOTE 4.3: end record, central directory, local header). Throws when one is not
 * there.
 */
export function unzip(file: string, names: readonly string[]): readonly Buffer[] {
  const zip = readFileSync(file);
  const entries = directory(zip);
  return names.map(name => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`${file} holds no ${name}`);
    return content(zip, entry);
  });
}

interface Entry {
  readonly compressed: boolean;
  readonly size: number;
  readonly header: number;
}

function directory(zip: Buffer): Map<string, Entry> {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end === -1) throw new Error('not a zip file');
  const entries = new Map<string, Entry>();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    entries.set(name, {
      compressed: zip.readUInt16LE(at + 10) === 8,
      size: zip.readUInt32LE(at + 20),
      header: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function content(zip: Buffer, { compressed, size, header }: Entry): Buffer {
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const bytes = zip.subarray(start, start + size);
  return compressed ? inflateRawSync(bytes) : bytes;
}
