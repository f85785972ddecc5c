import { expect, it } from 'vitest';
import { CHART, helm } from '../parts/helm.ts';

/** What Helm prints at the end of an installation with these values. */
async function notes(...values: readonly string[]): Promise<string> {
  const said = await helm([
    'install',
    'awoooi',
    CHART,
    '--namespace=awoooi-system',
    '--dry-run=client',
    ...values.map(value => `--set-json=${value}`),
  ]);
  return said.slice(said.indexOf('NOTES:'));
}

const WARNINGS: readonly (readonly [sentence: RegExp, values: readonly string[]])[] = [
  [/Nobody is told yet/, []],
  [/the right to repair nowhere/, ['repair.execution=true']],
  [/anybody may send alerts in its name/, ['settings.AWOOOI_ALLOW_UNAUTHENTICATED="true"']],
  [/what was taken in and not yet told is lost with its pod/, ['redis.persistence.enabled=false']],
];
const QUIET = ['credentials.TG_BOT_TOKEN.secret="telegram"', 'repair.execution=true', 'repair.namespaces=["shop"]'];

it.each(WARNINGS)('say what an installation lacks: %s', async (sentence, values) => {
  expect(await notes(...values)).toMatch(sentence);
});

it('warn of nothing where nothing is lacking', async () => {
  const said = await notes(...QUIET);
  expect(WARNINGS.filter(([sentence]) => sentence.test(said))).toEqual([]);
  expect(said).toContain('rollout status deployment/awoooi-operator');
});
