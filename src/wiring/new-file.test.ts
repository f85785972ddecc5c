import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NewFile } from '../cli/deps.ts';
import { newFile } from './new-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function begun(path: string, force = false): Promise<NewFile> {
  const opened = await newFile(path, { force });
  if (!opened.ok) throw new Error(opened.problems.join('\n'));
  return opened.value;
}

const at = (name: string): string => join(folder, name);

it('is there whole, for its owner alone, and nothing else is', async () => {
  const file = await begun(at('a'));
  await file.keep(Buffer.from('content'));
  await file.discard();
  expect([readFileSync(at('a'), 'utf8'), statSync(at('a')).mode & 0o777, readdirSync(folder)]).toEqual(['content', 0o600, ['a']]);
});

it('leaves nothing behind when it is given up', async () => {
  await (await begun(at('a'))).discard();
  expect(readdirSync(folder)).toEqual([]);
});

it('replaces what is there only when told to', async () => {
  writeFileSync(at('a'), 'before');
  await expect(begun(at('a'))).rejects.toThrow('is there already: name another file, or replace it with --force');
  await (await begun(at('a'), true)).keep(Buffer.from('after'));
  expect(readFileSync(at('a'), 'utf8')).toBe('after');
});

it('replaces nothing that came while the work was done', async () => {
  const file = await begun(at('a'));
  writeFileSync(at('a'), 'of another');
  await expect(file.keep(Buffer.from('mine'))).rejects.toThrow('is there already');
  expect([readFileSync(at('a'), 'utf8'), readdirSync(folder)]).toEqual(['of another', ['a']]);
});

it.each([
  ['a folder that is not there', 'not/there', 'cannot be written: ENOENT'],
  ['below a file', 'plain/a', 'cannot be written: ENOTDIR'],
  ['a folder', 'folder', 'is a folder: name a file'],
])('says before any work that %s cannot be written', async (_, name, sentence) => {
  writeFileSync(at('plain'), '');
  mkdirSync(at('folder'));
  await expect(begun(at(name))).rejects.toThrow(sentence);
});
