import { expect, it } from 'vitest';
import { ANOMALY, PromotionBench } from '../../test/builders/promotion-bench.ts';
import { loadConfig } from '../config/load.ts';
import { learnedPlaces } from './repairs.ts';

/** Of an alert in the namespace shop. */
async function learnedWith(
  given: Readonly<Record<string, string>>,
): Promise<{ readonly result: string; readonly where: readonly string[] }> {
  const loaded = loadConfig({ env: { AWOOOI_ALLOW_UNAUTHENTICATED: 'true', ...given }, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('; '));
  const bench = new PromotionBench();
  const { result } = await bench.look(learnedPlaces(loaded.config));
  return { result, where: [...bench.cluster.keys()] };
}

it.each<readonly [name: string, env: Readonly<Record<string, string>>, expected: object]>([
  ['where the alert is, unless told otherwise', {}, { result: 'created', where: [`shop/restart-pod-${ANOMALY}`] }],
  [
    'in the namespace of the setting',
    { AWOOOI_LEARNED_PLAYBOOK_NAMESPACE: 'repairs' },
    { result: 'created', where: [`repairs/restart-pod-${ANOMALY}`] },
  ],
  ['not in a namespace that is not looked after', { AWOOOI_NAMESPACES: 'blog' }, { result: 'no_namespace', where: [] }],
  [
    'in that of the setting, where the alert is in none that is looked after',
    { AWOOOI_NAMESPACES: 'blog,repairs', AWOOOI_LEARNED_PLAYBOOK_NAMESPACE: 'repairs' },
    { result: 'created', where: [`repairs/restart-pod-${ANOMALY}`] },
  ],
])('a learned playbook is written %s', async (_, env, expected) => {
  expect(await learnedWith(env)).toEqual(expected);
});
