import { expect, it } from 'vitest';
import { RuleBench } from '../../../test/builders/rule-bench.ts';
import { parseSignozAlertRule } from '../../crds/signozalertrule/parse.ts';
import { requests } from './requests.ts';

const ASKED = 'awoooi.io/requested-at';
const FLUX = 'reconcile.fluxcd.io/requestedAt';

function askedOf(annotations: Readonly<Record<string, string>>, status: object): ReturnType<typeof requests> {
  const bench = new RuleBench();
  const key = bench.apply('errors', undefined, { annotations });
  const parsed = parseSignozAlertRule({ ...bench.shown(key), status });
  if (parsed.ok) return requests(parsed.object);
  throw new Error(parsed.problems.join('; '));
}

it.each([
  ['nobody asks', {}, {}, { open: false, status: {} }],
  ['somebody asks', { [ASKED]: '1' }, {}, { open: true, status: { lastHandledRequest: '1' } }],
  ['it was done', { [ASKED]: '1' }, { lastHandledRequest: '1' }, { open: false, status: { lastHandledRequest: '1' } }],
  ['somebody asks again', { [ASKED]: '2' }, { lastHandledRequest: '1' }, { open: true, status: { lastHandledRequest: '2' } }],
  ['Flux asks', { [FLUX]: '1' }, {}, { open: true, status: { lastHandledReconcileAt: '1' } }],
  [
    'both ask and one was done',
    { [ASKED]: '1', [FLUX]: '2' },
    { lastHandledRequest: '1' },
    { open: true, status: { lastHandledRequest: '1', lastHandledReconcileAt: '2' } },
  ],
])('%s', (_, annotations, status, expected) => {
  expect(askedOf(annotations, status)).toEqual(expected);
});
