import { expect, it } from 'vitest';
import { published } from './published.ts';

const report = {
  machine: { cpus: 2 },
  versions: { node: 'v24' },
  commit: '0123456789abcdef',
  results: [
    { name: 'rest: RSS', value: 111, unit: 'MiB', target: '<= 130', met: true },
    { name: 'intake: share', value: 0.4, unit: '', target: '>= 0.45', met: false },
  ],
};

it('writes what was measured into its place and leaves the rest of the page', () => {
  const once = published('before\n<!-- measured -->\nold\n<!-- end -->\nafter', report);
  expect(once).toContain('| rest: RSS | 111 MiB | <= 130 | yes |\n| intake: share | 0.4 | >= 0.45 | **no** |\n<!-- end -->\nafter');
  expect(once).not.toContain('old');
  expect(published(once, report)).toBe(once);
});

it('says so where the page has no place for it', () => {
  expect(() => published('nothing', report)).toThrow('no place');
});
