import { expect, it } from 'vitest';
import { type HandledRequests, requests } from './requests.ts';

const ASKED = 'awoooi.io/requested-at';
const FLUX = 'reconcile.fluxcd.io/requestedAt';

type Case = readonly [name: string, annotations: Record<string, string>, status: HandledRequests, expected: ReturnType<typeof requests>];

it.each<Case>([
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
  expect(requests({ metadata: { annotations }, status })).toEqual(expected);
});

it('is not asked by an object without annotations', () => {
  expect(requests({ metadata: {} })).toEqual({ open: false, status: {} });
});
