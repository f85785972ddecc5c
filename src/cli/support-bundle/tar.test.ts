import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { pathPart } from './path-part.ts';
import { wholeLines } from './pods.ts';
import { tar } from './tar.ts';

const AT = new Date('2026-03-29T02:00:00Z');
const bytes = (text: string): Uint8Array => Buffer.from(text);

function unpacked(archive: Uint8Array, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('tar', [...args, '-f', '-'], { input: archive, env: { ...process.env, TZ: 'UTC' } });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout.toString();
}

const LONG = `${'folder-'.repeat(20)}/${'n'.repeat(100)}`;
const FILES = [
  { path: 'a/b.txt', content: bytes('first') },
  { path: 'a/empty', content: bytes('') },
  { path: 'a/block', content: bytes('x'.repeat(512)) },
  { path: LONG, content: bytes('last é') },
];

it('is read by tar, each file with its content', () => {
  const archive = tar(FILES, AT);
  expect(unpacked(archive, '-t').trim().split('\n')).toEqual(FILES.map(({ path }) => path));
  for (const { path, content } of FILES) expect(unpacked(archive, '-xO', path)).toBe(Buffer.from(content).toString());
  expect(unpacked(archive, '-tv')).toMatch(/^-rw------- 0\/0 +5 2026-03-29 02:00 a\/b\.txt$/m);
});

it('is the same for the same files', () => {
  expect(Buffer.compare(tar(FILES, AT), tar(FILES, AT))).toBe(0);
});

it('refuses a name that it has no room for', () => {
  expect(() => tar([{ path: `a/${'n'.repeat(101)}`, content: bytes('') }], AT)).toThrow('too long');
});

it.each([
  ['api-7c9d8bf5b4-x2x4z', /^api-7c9d8bf5b4-x2x4z$/],
  ['../../etc/passwd', /^__\.\._etc_passwd-[0-9a-f]{8}$/],
  ['n'.repeat(253), /^n{80}-[0-9a-f]{8}$/],
  ['', /^-[0-9a-f]{8}$/],
])('makes a part of a path of %s', (name, expected) => {
  expect(pathPart(name)).toMatch(expected);
});

it.each([
  ['all of it', { text: 'a\nb', droppedBytes: 0, unfinished: false }, 'a\nb'],
  ['no half line at the beginning', { text: 'f of a secret\nb\n', droppedBytes: 9, unfinished: false }, 'b\n'],
  ['no half line at the end', { text: 'a\nhalf of a', droppedBytes: 0, unfinished: true }, 'a\n'],
  ['nothing of one line without an end', { text: 'half of a secret', droppedBytes: 9, unfinished: false }, ''],
])('keeps %s', (_, end, expected) => {
  expect(wholeLines(end)).toBe(expected);
});
