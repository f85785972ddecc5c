import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { type Credentials, type Identity, inClusterCredentials, rereading } from './credentials.ts';

let folder: string;
let clockMs: number;
beforeEach(() => {
  folder = runFolder('credentials');
  clockMs = 0;
  writeFileSync(join(folder, 'token'), 'first\n');
  writeFileSync(join(folder, 'ca.crt'), 'CA');
});
afterEach(() => removeFolder(folder));

function credentials(host = '10.0.0.1'): Credentials {
  const files = { tokenFile: join(folder, 'token'), caFile: join(folder, 'ca.crt') };
  return inClusterCredentials({ host, port: '443', ...files, rereadMs: 10_000, monotonic: () => clockMs });
}

it('reads token and CA, without the line break at the end of the file', async () => {
  const source = credentials();
  expect(source.server).toBe('https://10.0.0.1:443');
  expect(await source.current()).toEqual({ headers: { authorization: 'Bearer first' }, tls: { ca: 'CA' } });
});

it('puts an IPv6 address in brackets', () => {
  expect(credentials('fd00::1').server).toBe('https://[fd00::1]:443');
});

it('reads again after a while, and at once when the server refused what was read', async () => {
  const source = credentials();
  const first = await source.current();
  writeFileSync(join(folder, 'token'), 'second');
  expect(await source.current()).toBe(first);
  const second = await source.current(first);
  expect(second.headers).toEqual({ authorization: 'Bearer second' });
  writeFileSync(join(folder, 'token'), 'third');
  clockMs = 10_000;
  expect((await source.current()).headers).toEqual({ authorization: 'Bearer third' });
});

it('gives the very same identity while the files do not change, so that a refusal is not tried twice', async () => {
  const source = credentials();
  const first = await source.current();
  expect(await source.current(first)).toBe(first);
});

it.each([
  ['empty', () => writeFileSync(join(folder, 'token'), '\n')],
  ['gone', () => rmSync(join(folder, 'token'))],
])('keeps the last good token while the file is %s, and says what is wrong when there never was one', async (_, spoil) => {
  const source = credentials();
  const first = await source.current();
  spoil();
  clockMs = 60_000;
  expect(await source.current()).toBe(first);
  await expect(credentials().current()).rejects.toMatchObject({
    reason: 'CredentialsUnreadable',
    message: expect.stringContaining('token'),
  });
});

const identity = (name: string): Identity => ({ headers: { authorization: name }, tls: {} });

it('is read once for all who ask meanwhile: a plugin is not started by each of them', async () => {
  const readings: ((identity: Identity) => void)[] = [];
  const current = rereading({ read: () => new Promise(resolve => readings.push(resolve)), monotonic: () => clockMs });
  const first = [current(), current(), current()];
  expect(readings).toHaveLength(1);
  readings[0]?.(identity('old'));
  const [old] = await Promise.all(first);
  const refused = [current(old), current(old)];
  expect(readings).toHaveLength(2);
  readings[1]?.(identity('new'));
  expect(await Promise.all(refused)).toEqual([identity('new'), identity('new')]);
});
