import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { unzip } from './unzip.ts';

// Written by another program: one stored and one deflated entry, and an archive comment behind the end record.
const Archive =
  'UEsDBBQAAAAAAAAAIQDPYiAZBQAAAAUAAAAIAAAAYS9zdG9yZWRwbGFpblBLAwQUAAAACAAAACEAj10OXgYAAABkAAAACgAAAGEvZGVmbGF0ZWSrqKA9AABQSwECFAMUAAAAAAAAACEAz2IgGQUAAAAFAAAACAAAAAAAAAAAAAAAgAEAAAAAYS9zdG9yZWRQSwECFAMUAAAACAAAACEAj10OXgYAAABkAAAACgAAAAAAAAAAAAAAgAErAAAAYS9kZWZsYXRlZFBLBQYAAAAAAgACAG4AAABZAAAADwBtYWRlIGZvciBhIHRlc3Q=';

const folder = runFolder('unzip');
const archive = join(folder, 'test.zip');
writeFileSync(archive, Buffer.from(Archive, 'base64'));
afterAll(() => removeFolder(folder));

it('gives stored and deflated entries in the order asked for', () => {
  const [deflated, stored] = unzip(archive, ['a/deflated', 'a/stored']);
  expect(deflated?.toString()).toBe('x'.repeat(100));
  expect(stored?.toString()).toBe('plain');
});

it('names an entry that is not there', () => {
  expect(() => unzip(archive, ['a/other'])).toThrow('holds no a/other');
});
