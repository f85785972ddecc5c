import { expect, it } from 'vitest';
import { loadConfig, OperatorVariables } from './load.ts';
import { configTable } from './table.ts';

it('leaves out what only tests set', () => {
  const table = configTable(OperatorVariables);
  expect(table).toContain('`AWOOOI_API_PORT`');
  expect(table).not.toContain('AWOOOI_FAILPOINT');
});

it.each([
  ['post-canary:after', { effect: 'post-canary', when: 'after' }],
  ['status-deed', { effect: 'status-deed', when: 'before' }],
])('reads the failpoint %s', (text, expected) => {
  const env = { AWOOOI_FAILPOINT: text, AWOOOI_ALLOW_UNAUTHENTICATED: 'true' };
  expect(loadConfig({ env, readFile: () => '' })).toMatchObject({ ok: true, config: { faults: { failpoint: expected } } });
});

it('has no failpoint unless one is named, and takes none that there is not', () => {
  const env = { AWOOOI_ALLOW_UNAUTHENTICATED: 'true' };
  const none = loadConfig({ env, readFile: () => '' });
  expect(none.ok && none.config.faults.failpoint).toBeUndefined();
  const wrong = loadConfig({ env: { ...env, AWOOOI_FAILPOINT: 'lunch:after' }, readFile: () => '' });
  expect(wrong).toMatchObject({ ok: false, problems: [expect.stringContaining('AWOOOI_FAILPOINT is "lunch:after"')] });
});
