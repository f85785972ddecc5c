import { expect, it } from 'vitest';
import { refused } from './refused-rule.ts';

it('ends each sentence with a full stop, and puts the query with its caret first', () => {
  const unknown = { code: 'UnknownFunction', field: 'annotations.a', message: 'SigNoz has no template function query' } as const;
  expect(refused([unknown, { ...unknown, message: 'Nor this.' }], {})).toEqual({
    ok: false,
    reason: 'UntranslatableTemplate',
    message: 'SigNoz has no template function query.\nNor this.',
  });
  const problem = { from: 0, to: 2, message: 'There is no such metric.' };
  const query = { code: 'InvalidQuery', field: 'expr', message: problem.message, problem } as const;
  expect(refused([unknown, query], { expr: 'up' }).message).toBe(
    'expr: line 1, column 1: There is no such metric.\nup\n^^\nSigNoz has no template function query.',
  );
});
