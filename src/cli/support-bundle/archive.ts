import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { maskerForOthers } from '../../domain/text/masking.ts';
import { isRecord } from '../../domain/text/json.ts';
import type { Collected, Draft } from './draft.ts';
import { type ArchivedFile, tar } from './tar.ts';

/** Of the manifest and of where files lie; a change that readers would notice makes it another. */
const FORMAT = 'awoooi-support-bundle/v1';

export interface Bundling {
  /** What all paths begin with. */
  readonly folder: string;
  readonly createdAt: Date;
  /** What else the manifest says. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Of all files together, before compression. */
  readonly mostBytes?: number;
}

export interface Bundle {
  readonly bytes: Uint8Array;
  readonly files: number;
  readonly shortfalls: Draft['shortfalls'];
}

const MOST_BYTES = 64 * 1024 * 1024;

/** Everything masked, in the order of the paths, behind a manifest that names each file with its size and SHA-256. */
export async function bundled(draft: Draft, { folder, createdAt, facts, mostBytes = MOST_BYTES }: Bundling): Promise<Bundle> {
  const mask = maskerForOthers([...draft.secrets]);
  const { files, leftOut } = fitting(draft.files, mask, mostBytes);
  const shortfalls = [...draft.shortfalls, ...leftOut].map(({ part, problem }) => ({ part: mask(part), problem: mask(problem) }));
  const ordered = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const manifest = {
    format: FORMAT,
    createdAt: createdAt.toISOString(),
    ...facts,
    files: ordered.map(({ path, content, notes }) => ({
      path,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      ...(notes.length > 0 && { notes: notes.map(mask) }),
    })),
    errors: shortfalls,
  };
  const all = [{ path: 'manifest.json', content: Buffer.from(jsonText(manifest)) }, ...ordered];
  const archive = tar(
    all.map(({ path, content }) => ({ path: `${folder}/${path}`, content })),
    createdAt,
  );
  return { bytes: await promisify(gzip)(archive), files: all.length, shortfalls };
}

interface Fitting {
  readonly files: (ArchivedFile & { readonly notes: readonly string[] })[];
  readonly leftOut: { readonly part: string; readonly problem: string }[];
}

/** In the order in which they were collected: what matters most comes first. */
function fitting(collected: readonly Collected[], mask: (text: string) => string, mostBytes: number): Fitting {
  const fit: Fitting = { files: [], leftOut: [] };
  let left = mostBytes;
  for (const { path, content, notes } of collected) {
    const text = content.is === 'json' ? jsonText(maskedThroughout(content.value, mask)) : mask(content.text);
    const bytes = Buffer.from(text);
    if (bytes.length > left) {
      const problem = `it would make the bundle larger than ${mostBytes} bytes; give fewer namespaces, or a shorter --since`;
      fit.leftOut.push({ part: path, problem });
      continue;
    }
    left -= bytes.length;
    fit.files.push({ path, content: bytes, notes });
  }
  return fit;
}

/** Each text by itself, names of fields too: what is replaced in the finished JSON might leave none. */
function maskedThroughout(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map(each => maskedThroughout(each, mask));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [mask(name), maskedThroughout(each, mask)]));
  if (typeof value === 'number' && mask(String(value)) !== String(value)) return mask(String(value));
  return value;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
