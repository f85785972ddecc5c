import { describe, expect, it } from 'vitest';
import { VerifyTerms } from '../../crds/repairplaybook/terms.ts';
import type { AlertTestimony } from '../ports/alert-witness.ts';
import { judge, quietMs, type Trial } from './judge.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));
const TERMS = VerifyTerms.parse({ window: '10m', quiet: '10m' });
const FIRING: AlertTestimony = { alert: 'firing', lastFiredAt: at(1), chain: 'alive', detail: 'It fires.' };
const QUIET: AlertTestimony = { alert: 'resolved', resolvedAt: at(8), lastFiredAt: at(4), chain: 'alive', detail: 'It resolved.' };

const trial = (over: Partial<Trial>): Trial => ({
  testimony: QUIET,
  workload: { is: 'available', detail: '' },
  terms: TERMS,
  begunAt: at(4),
  doneAt: at(5),
  resolvedAt: undefined,
  ruleSeen: false,
  now: at(18),
  ...over,
});

describe('whether a repair helped', () => {
  it.each<[string, Partial<Trial>, string]>([
    ['resolved, quiet, available', {}, 'Succeeded Resolved'],
    ['nothing was done to a workload', { workload: 'none' }, 'Succeeded Resolved'],
    ['it fires still', { testimony: FIRING, now: at(14) }, 'open'],
    ['it fires when the window is over', { testimony: FIRING, now: at(15) }, 'Failed NotResolved'],
    ['the same, the chain broken', { testimony: { ...FIRING, chain: 'broken' }, now: at(15) }, 'Unknown ChainBroken'],
    ['a broken chain may mend within the window', { testimony: { ...FIRING, chain: 'broken' }, now: at(6) }, 'open'],
    ['resolved, not yet quiet for long', { now: at(17) }, 'open'],
    ['resolved on the last moment', { testimony: { ...QUIET, resolvedAt: at(15) }, now: at(25) }, 'Succeeded Resolved'],
    ['resolved after the window', { testimony: { ...QUIET, resolvedAt: at(16) }, now: at(40) }, 'Failed NotResolved'],
    ['resolved before anything was done', { testimony: { ...QUIET, resolvedAt: at(4) } }, 'Unknown ResolvedBefore'],
    ['told only after it, but over before', { testimony: { ...QUIET, endedAt: at(4) } }, 'Unknown ResolvedBefore'],
    ['over after it, and told later still', { testimony: { ...QUIET, endedAt: at(6) } }, 'Succeeded Resolved'],
    ['quiet for long enough, but not since the chain was heard again', { testimony: { ...QUIET, aliveSince: at(9) } }, 'open'],
    ['quiet for as long since then', { testimony: { ...QUIET, aliveSince: at(9) }, now: at(19) }, 'Succeeded Resolved'],
    [
      'quiet, and the chain heard with gaps up to an hour and the window later',
      { testimony: { ...QUIET, aliveSince: at(88) }, now: at(97) },
      'open',
    ],
    ['the same, then without a gap', { testimony: { ...QUIET, aliveSince: at(88) }, now: at(98) }, 'Succeeded Resolved'],
    ['the same, with one more gap', { testimony: { ...QUIET, aliveSince: at(89) }, now: at(89) }, 'Unknown ChainUnheard'],
    ['fired again', { testimony: FIRING, resolvedAt: at(8), now: at(9) }, 'Failed FiredAgain'],
    [
      'fired again and resolved between two looks',
      { testimony: { ...QUIET, lastFiredAt: at(10), resolvedAt: at(11) }, resolvedAt: at(8) },
      'Failed FiredAgain',
    ],
    ['fired again, the chain unheard', { testimony: { ...FIRING, chain: 'unheard' }, resolvedAt: at(8) }, 'Unknown ChainUnheard'],
    ['the silence of a broken chain', { testimony: { ...QUIET, chain: 'broken' } }, 'Unknown ChainBroken'],
    ['silence that nothing proves', { testimony: { ...QUIET, chain: 'unheard' } }, 'Unknown ChainUnheard'],
    ['the silence of an alert whose rule is gone', { ruleSeen: true }, 'Unknown RuleGone'],
    [
      'the silence of an alert whose rule is there',
      { ruleSeen: true, testimony: { ...QUIET, timing: { forMs: 0, intervalMs: 60_000 } } },
      'Succeeded Resolved',
    ],
    ['the incident is gone', { testimony: { ...QUIET, alert: 'gone' } }, 'Unknown IncidentGone'],
    [
      'a person resolved it, and the sender may still',
      { testimony: { alert: 'resolved', chain: 'alive', detail: '' }, now: at(14) },
      'open',
    ],
    ['a person resolved it, and nobody else', { testimony: { alert: 'resolved', chain: 'alive', detail: '' } }, 'Unknown ResolvedByPerson'],
    ['the workload is not available', { workload: { is: 'unavailable', detail: '' } }, 'Failed WorkloadUnavailable'],
    ['the workload is on its way', { workload: { is: 'progressing', detail: '' } }, 'open'],
    ['for too long', { workload: { is: 'progressing', detail: '' }, now: at(28) }, 'Failed WorkloadUnavailable'],
    ['its rollout is paused', { workload: { is: 'paused', detail: '' }, now: at(28) }, 'Failed WorkloadUnavailable'],
    ['the workload is gone', { workload: { is: 'gone', detail: '' } }, 'Unknown TargetGone'],
    ['the workload cannot be looked at just now', { workload: undefined }, 'open'],
    ['nor later', { workload: undefined, now: at(28) }, 'Unknown WorkloadUnknown'],
  ])('%s', (_, over, expected) => {
    const judged = judge(trial(over));
    expect(judged.is === 'open' ? 'open' : `${judged.phase} ${judged.reason}`).toBe(expected);
  });

  it('keeps when it resolved, no later than now, and until when it must be quiet', () => {
    const seen = judge(trial({ testimony: { ...QUIET, resolvedAt: at(30) }, now: at(9) }));
    expect(seen).toMatchObject({ is: 'open', resolvedAt: at(9), quietUntil: at(19), until: at(19) });
  });
});

it.each<[string, Parameters<typeof quietMs>, number]>([
  ['as the playbook says', [TERMS, undefined], 10],
  ["longer, by the alert's own for and interval", [TERMS, { forMs: 15 * 60_000, intervalMs: 60_000 }], 17],
  ['longer, by those of the playbook', [VerifyTerms.parse({ quiet: '1m', alertFor: '5m', evaluationInterval: '2m' }), undefined], 9],
  [
    "not by the playbook's where the alert's own are known",
    [VerifyTerms.parse({ quiet: '1m', alertFor: '5m' }), { forMs: 0, intervalMs: 60_000 }],
    2,
  ],
])('is quiet for long enough: %s', (_, given, minutes) => {
  expect(quietMs(...given)).toBe(minutes * 60_000);
});
