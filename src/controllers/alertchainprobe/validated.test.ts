import { expect, it } from 'vitest';
import { alertChainProbe } from '../../../test/builders/alert-chain-probe.ts';
import type { Context } from '../../kube/reconcile.ts';
import { validated } from './validated.ts';

const context: Context = {
  signal: new AbortController().signal,
  now: () => new Date('2026-01-01T00:00:00Z'),
  priority: 'normal',
  fence: () => {},
};

function world() {
  const reconciled: string[] = [];
  const forgotten: string[] = [];
  const reconcile = validated(
    async ({ metadata }) => {
      reconciled.push(metadata.name);
      return {};
    },
    key => void forgotten.push(key),
  );
  return { reconcile, reconciled, forgotten };
}

it('hands a valid probe on', async () => {
  const { reconcile, reconciled, forgotten } = world();
  expect(await reconcile(alertChainProbe(), context)).toEqual({});
  expect([reconciled, forgotten]).toEqual([['production'], []]);
});

it.each([
  ['a spec of an older schema', { timeout: 'soon' }, 'spec.timeout: must be a duration'],
  ['a day that never comes', { schedule: { cron: '0 0 31 2-2 *' } }, "spec.schedule.cron: '0 0 31 2-2 *' names a day that no calendar has"],
])('is stalled by %s, proves nothing and gives up what ran', async (_, spec, sentence) => {
  const { reconcile, reconciled, forgotten } = world();
  const { conditions } = await reconcile(alertChainProbe({ spec }), context);
  expect(conditions?.['Stalled']).toMatchObject({ status: 'True', reason: 'InvalidSpec', message: expect.stringContaining(sentence) });
  expect(conditions?.['Ready']).toMatchObject({ status: 'False' });
  expect(conditions?.['ChainHealthy']).toMatchObject({ status: 'Unknown' });
  expect([reconciled, forgotten]).toEqual([[], ['prod/production']]);
});
