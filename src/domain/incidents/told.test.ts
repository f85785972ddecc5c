import { expect, it } from 'vitest';
import { repairTold, type Tellers, toldOf } from './told.ts';

const NONE: Tellers = {
  telegram: false,
  sentry: false,
  webhook: false,
  model: false,
  criticalRepeatAfterMs: 0,
  criticalEscalateAfterMs: 0,
};
const warning = { source: 'alertmanager', severity: 'warning' } as const;

it.each<[string, Partial<Tellers>, readonly string[]]>([
  ['nobody is set up', {}, []],
  ['only playbooks are looked after', { repairs: true }, ['repair']],
  ['rules analyse', { repairs: true, telegram: true }, ['analysis', 'telegram', 'repair']],
  ['a model analyses', { repairs: true, telegram: true, model: true }, ['telegram', 'analysis', 'repair']],
  ['playbooks are not looked after', { telegram: true }, ['analysis', 'telegram']],
])('where %s an opening tells those who are to know', (_, tellers, expected) => {
  const told = toldOf(warning, { ...NONE, ...tellers });
  expect(told.onOpen).toEqual(expected);
  expect(told.onChange).not.toContain('repair');
});

it('tells of a repair whoever goes on with the next, and people, after the card that the message answers', () => {
  expect(repairTold({ telegram: true, webhook: true })).toEqual(['repair', 'telegram', 'webhook', 'telegram-repair']);
  expect(repairTold({ telegram: false, webhook: false })).toEqual(['repair']);
});
