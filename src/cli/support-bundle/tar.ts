/** One file of an archive. */
export interface ArchivedFile {
  /** With `/` between folders; at most 100 bytes for the file's own name and 155 for its folders. */
  readonly path: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** A POSIX.1-1988 (ustar) archive: the same bytes for the same files. Readable by their owner alone once unpacked. */
export function tar(files: readonly ArchivedFile[], modified: Date): Uint8Array {
  const blocks = files.flatMap(({ path, content }) => [header(path, content.length, modified), content, padding(content.length)]);
  return Buffer.concat([...blocks, Buffer.alloc(BLOCK * 2)]);
}

function header(path: string, size: number, modified: Date): Uint8Array {
  const { prefix, name } = split(path);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(0o600, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(Math.floor(modified.getTime() / 1000), 12), 136);
  // The sum is taken with blanks in its own place.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return block;
}

/** Numbers end with a NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\u0000`;
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** At the last slash: names are short, folders may be long. */
function split(path: string): { prefix: string; name: string } {
  const slash = path.lastIndexOf('/');
  const parts = { prefix: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
  if (Buffer.byteLength(parts.prefix) > PREFIX_BYTES || Buffer.byteLength(parts.name) > NAME_BYTES)
    throw new Error(`${path} is too long for an archive`);
  return parts;
}
