import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Root } from '../test/parts/installed.ts';
import { removeFolder } from '../test/parts/run-folder.ts';

/** Runs vitest over these files in a folder of the clone (vitest is resolved from there) and returns its exit status and last line. */
function runOver(files: Readonly<Record<string, string>>): { status: number | null; last: string | undefined } {
  const folder = join(Root, 'node_modules/.closing-line-test', `${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const config = `import { closingLine } from ${JSON.stringify(join(Root, 'scripts/closing-line.ts'))};
      export default { test: { include: ['*.check.ts'], exclude: [], reporters: ['default', closingLine()] } };`;
    writeFileSync(join(folder, 'vitest.config.ts'), config);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `import { it, expect } from 'vitest';\n${text}`);
    const vitest = join(Root, 'node_modules/vitest/vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], { encoding: 'utf8', timeout: 50_000 });
    return { status, last: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    removeFolder(folder);
  }
}

it('counts each way a test can end, and nothing else', () => {
  const { status, last } = runOver({
    'a.check.ts': `it('passes', () => {}); it('fails', () => expect(1).toBe(2)); it.skip('is skipped', () => {}); it.todo('is not written');`,
    'b.check.ts': `it('passes too', () => {});`,
  });
  expect({ status, last }).toEqual({ status: 1, last: '2 passed, 1 failed, 2 skipped' });
});

it('counts a file that cannot be loaded, a hook and an error outside any test as failures', () => {
  const { status, last } = runOver({
    'a.check.ts': `import './not-there.ts'; it('never runs', () => {});`,
    'b.check.ts': `import { beforeAll, describe } from 'vitest'; describe('x', () => { beforeAll(() => { throw new Error('hook'); }); it('cannot run', () => {}); });`,
    'c.check.ts': `it('leaves a rejection behind', () => { void Promise.reject(new Error('stray')); });`,
  });
  expect({ status, last }).toEqual({ status: 1, last: '1 passed, 3 failed, 1 skipped' });
});

it('ends a good run with zero failures and exit status 0', () => {
  expect(runOver({ 'a.check.ts': `it('passes', () => {});` })).toEqual({ status: 0, last: '1 passed, 0 failed, 0 skipped' });
});
