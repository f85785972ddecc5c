import { describe, expect, it } from 'vitest';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import type { RepairPlaybookStatus, Trust } from '../../crds/repairplaybook/status.ts';
import { invalidPlaybook, playbookConditions, trustEvents } from './playbook-conditions.ts';
import type { TrustDecision, TrustReason } from './trust.ts';

const TRUST: Readonly<Record<TrustReason, Trust>> = {
  Proven: 'Trusted',
  TooFewRuns: 'Candidate',
  TooUncertain: 'Candidate',
  ThreeFailuresInARow: 'Quarantined',
  LowerBoundFell: 'Quarantined',
  StillQuarantined: 'Quarantined',
};

const decided = (because: TrustReason, released = false): TrustDecision => ({
  trust: TRUST[because],
  because,
  released,
  bound: { lowerBound: 0.5, effectiveN: 5 },
  status: { trust: TRUST[because] },
});

const shown = (spec: object, because: TrustReason) =>
  Object.fromEntries(
    Object.entries(playbookConditions(repairPlaybook({ spec }), decided(because))).map(([type, { status, reason }]) => [
      type,
      `${status} ${reason}`,
    ]),
  );

const CALM = 'False NotQuarantined';

it.each<readonly [name: string, spec: object, because: TrustReason, expected: Record<string, string>]>([
  ['a suggestion', { mode: 'Suggest' }, 'TooFewRuns', { Ready: 'True Suggested', Trusted: 'False TooFewRuns', Quarantined: CALM }],
  ['one that asks', {}, 'Proven', { Ready: 'True AsksForApproval', Trusted: 'True Proven', Quarantined: CALM }],
  ['a shadow', { mode: 'Shadow' }, 'TooUncertain', { Ready: 'True OnlyCompared', Trusted: 'False TooUncertain', Quarantined: CALM }],
  [
    'one that may run by itself',
    { mode: 'Automatic' },
    'Proven',
    { Ready: 'True RunsByItself', Trusted: 'True Proven', Quarantined: CALM },
  ],
  [
    'one that may not yet',
    { mode: 'Automatic' },
    'TooFewRuns',
    { Ready: 'True AsksUntilTrusted', Trusted: 'False TooFewRuns', Quarantined: CALM },
  ],
  ['a suspended one', { suspend: true }, 'Proven', { Ready: 'False Suspended', Trusted: 'True Proven', Quarantined: CALM }],
  [
    'a quarantined one, suspended or not',
    { suspend: true },
    'LowerBoundFell',
    { Ready: 'False Quarantined', Trusted: 'False Quarantined', Quarantined: 'True LowerBoundFell', Stalled: 'True Quarantined' },
  ],
])('%s', (_, spec, because, expected) => {
  expect(shown(spec, because)).toEqual(expected);
});

it('says how a quarantine ends, and says the same for as long as it lasts', () => {
  const playbook = repairPlaybook();
  const { Quarantined } = playbookConditions(playbook, decided('ThreeFailuresInARow'));
  expect(Quarantined?.message).toContain('kubectl -n shop annotate repairplaybook restart-api awoooi.io/end-quarantine=');
  const status: RepairPlaybookStatus = {
    conditions: [
      {
        type: 'Quarantined',
        status: 'True',
        reason: Quarantined?.reason ?? '',
        message: Quarantined?.message ?? '',
        observedGeneration: 1,
        lastTransitionTime: '2026-03-29T12:00:00Z',
      },
    ],
  };
  expect(playbookConditions(repairPlaybook({ status }), decided('StillQuarantined'))['Quarantined']).toEqual(Quarantined);
});

it('names everything that is wrong with a spec', () => {
  const conditions = invalidPlaybook(['spec.steps: say what is done', 'spec.match: say for what']);
  expect(conditions['Ready']).toMatchObject({ status: 'False', reason: 'InvalidSpec' });
  expect(conditions['Stalled']?.message).toMatch(/Mend it: spec.steps: .*; spec.match: /);
});

describe('people are told of', () => {
  it.each<readonly [name: string, before: Trust | undefined, because: TrustReason, told: readonly string[]]>([
    ['nothing at first', undefined, 'TooFewRuns', []],
    ['trust', 'Candidate', 'Proven', ['Normal Trusted']],
    ['trust that was there at once', undefined, 'Proven', ['Normal Trusted']],
    ['nothing while it stays', 'Trusted', 'Proven', []],
    ['trust that has gone', 'Trusted', 'TooFewRuns', ['Normal NoLongerTrusted']],
    ['a quarantine', 'Trusted', 'ThreeFailuresInARow', ['Warning Quarantined']],
    ['no quarantine twice', 'Quarantined', 'StillQuarantined', []],
  ])('%s', (_, before, because, told) => {
    const playbook = repairPlaybook({ ...(before && { status: { trust: before } }) });
    const decision = decided(because);
    const events = trustEvents(playbook, decision, playbookConditions(playbook, decision));
    expect(events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(told);
    for (const { message } of events) expect(message).not.toBe('');
  });

  it('the end of a quarantine, and what it is then', () => {
    const playbook = repairPlaybook({ status: { trust: 'Quarantined' } });
    const decision = decided('Proven', true);
    const events = trustEvents(playbook, decision, playbookConditions(playbook, decision));
    expect(events.map(({ reason }) => reason)).toEqual(['QuarantineEnded', 'Trusted']);
  });
});
