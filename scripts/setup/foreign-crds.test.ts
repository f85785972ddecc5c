import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FOREIGN_CRDS, type ForeignCrds } from '../../test/parts/foreign-crds.ts';
import { removeFolder, runFolder } from '../../test/parts/run-folder.ts';
import { checked, ensureForeignCrds } from './foreign-crds.ts';

const [FIRST] = FOREIGN_CRDS;
const crds: ForeignCrds = { ...(FIRST ?? { module: '', files: [] }), version: 'v0.0.1', sum: 'h1:what-was-pinned=' };

const folder = runFolder('foreign-crds');
beforeAll(() => {
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('GOPROXY', 'off');
});
afterAll(() => {
  vi.unstubAllEnvs();
  removeFolder(folder);
});

it('says what it wanted and what to do where no module proxy can be reached, and leaves nothing behind', async () => {
  await expect(ensureForeignCrds([crds])).rejects.toThrow(/argo-cd\/v3@v0\.0\.1.*(go env GOPROXY).*make setup/s);
  expect(existsSync(join(folder, 'awoooi-operator/foreign-crds'))).toBe(false);
});

it('refuses a module that is not what was pinned', () => {
  const download = { Path: crds.module, Version: crds.version, Zip: '/tmp/module.zip', Sum: 'h1:another=' };
  expect(() => checked(crds, [download])).toThrow('its sum is h1:another= instead of h1:what-was-pinned=');
  expect(() => checked(crds, [])).toThrow(`has not downloaded ${crds.module}@v0.0.1`);
  expect(checked(crds, [{ ...download, Sum: crds.sum }])).toMatchObject({ Zip: '/tmp/module.zip' });
});
