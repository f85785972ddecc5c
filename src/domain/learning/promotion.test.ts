import { describe, expect, it } from 'vitest';
import { actionRecord } from '../../../test/builders/action-record.ts';
import { repairPlaybook } from '../../../test/builders/anomaly-playbook.ts';
import { repairOutcome } from '../../../test/builders/repair-outcome.ts';
import { modelAnalysis } from '../../../test/builders/sentry-incident.ts';
import { playbookThere } from '../playbook/learned-playbook.ts';
import { type Candidate, type ExistingPlaybook, type NotYet, promotion, rootCauseOf } from './promotion.ts';

const KEY = 'v1-0123456789abcdef';
const NAME = 'restart-pod-v1-0123456789abcdef';

const promote = (changes: Partial<Candidate> = {}) =>
  promotion({
    anomalyKey: KEY,
    success: true,
    namespace: 'shop',
    record: actionRecord('restart_pod', [11, 12]),
    lowerBound: 0.5,
    rootCause: { text: ' a leak in the cache ', by: 'approver' },
    existing: [],
    ...changes,
  });
const playbook = (changes: Partial<ExistingPlaybook> = {}): ExistingPlaybook => ({
  namespace: 'shop',
  name: 'other',
  source: 'manual',
  successRate: 0.9,
  lowerBound: 0.5,
  ...changes,
});

/** It shows 0.9167, which is more than 11/12. */
function elevenOfTwelve(lowerBound: number): ExistingPlaybook {
  const rest = { effectiveN: 12, avgExecutionSeconds: 0, lastOutcomes: [] };
  return playbookThere(repairPlaybook({ status: { stats: { attempts: 12, successes: 11, successRate: 0.9167, lowerBound, ...rest } } }));
}

it('makes a playbook of what has proved itself', () => {
  expect(promote()).toEqual({
    is: 'promoted',
    playbook: {
      name: NAME,
      action: 'restart_pod',
      tier: 1,
      rootCause: 'a leak in the cache',
      description: 'Learned from repairs: restart_pod has helped 11 of 12 times (91 %).',
      evidence: { attempts: 12, successes: 11, successRate: 11 / 12 },
    },
  });
});

it.each<[name: string, changes: Partial<Candidate>]>([
  ['five attempts with a rate of 0.8', { record: actionRecord('restart_pod', [4, 5]) }],
  ["a model's root cause", { rootCause: { text: 'a leak', by: 'model' } }],
  ['a playbook that does worse', { existing: [playbook()] }],
  ['a playbook that has not run', { existing: [playbook({ successRate: undefined, lowerBound: 0.9 })] }],
  ['one as good and no better proven', { existing: [playbook({ successRate: 11 / 12 })] }],
  ['one as good, by the figures that a playbook shows', { existing: [elevenOfTwelve(0.4)] }],
  ["a person's playbook of this name elsewhere", { existing: [playbook({ namespace: 'repairs', name: NAME })] }],
  // Whatever its figures: it is written again, which changes nothing where nothing changed.
  ['the one that was learned before', { existing: [playbook({ name: NAME, source: 'auto_learning', successRate: 1, lowerBound: 0.9 })] }],
])('also with %s', (_, changes) => {
  expect(promote(changes).is).toBe('promoted');
});

it.each<[name: string, changes: Partial<Candidate>, reason: NotYet, why: string]>([
  ['a failure', { success: false }, 'NoSuccess', 'did not help'],
  ['an action that nobody knows', { record: actionRecord('reboot', [9, 9]) }, 'UnknownAction', 'no playbook can hold it'],
  ['four attempts', { record: actionRecord('restart_pod', [4, 4]) }, 'TooFewAttempts', '4 attempts, and 5 are needed'],
  ['a rate below 0.8', { record: actionRecord('restart_pod', [79, 100]) }, 'TooLowRate', 'in 79 % of all cases, and 80 % is needed'],
  ['no root cause', { rootCause: undefined }, 'NoRootCause', 'give root_cause with the outcome'],
  ['an empty one', { rootCause: { text: ' ', by: 'approver' } }, 'NoRootCause', 'nobody has said'],
  ['one by rules', { rootCause: { text: 'a leak', by: 'rules' } }, 'OnlyRules', 'rules alone'],
  [
    'a playbook that does better',
    { existing: [playbook(), playbook({ name: 'b', successRate: 0.95 })] },
    'DoesBetter',
    'playbook b does better (95 %)',
  ],
  ['one as good and better proven', { existing: [playbook({ successRate: 11 / 12, lowerBound: 0.6 })] }, 'DoesBetter', '91 %'],
  ['one as good and better proven, by the figures that it shows', { existing: [elevenOfTwelve(0.6)] }, 'DoesBetter', '91 %'],
  [
    "a better one of a person's, of this name elsewhere",
    { existing: [playbook({ namespace: 'repairs', name: NAME, successRate: 1 })] },
    'DoesBetter',
    '100 %',
  ],
  ["a person's playbook of this name", { existing: [playbook({ name: NAME, successRate: 0 })] }, 'NameTaken', 'not overwritten'],
])('not with %s', (_, changes, reason, why) => {
  expect(promote(changes)).toEqual({ is: 'not-yet', reason, why: expect.stringContaining(why) });
});

it('writes no secret of a root cause into a manifest, and not all of a long one', () => {
  const promoted = promote({ rootCause: { text: `password=hunter2 ${'x'.repeat(5_000)}`, by: 'approver' } });
  expect(promoted).toMatchObject({ playbook: { rootCause: expect.stringMatching(/^password=\*\*\* x+…$/) } });
  expect(JSON.stringify(promoted).length).toBeLessThan(1_500);
});

describe('the root cause', () => {
  const reported = repairOutcome({ rootCause: 'a full disk' });
  const playbookRun = { anomalyClass: 'HighLatency/Deployment', playbook: { namespace: 'shop', name: 'restart-api', steps: 's' } };
  const approved = repairOutcome({ rootCause: 'a leak', verified: playbookRun });

  it("is the approver's text, else what was reported, else the analysis", () => {
    expect(rootCauseOf([reported, approved, { ...approved, rootCause: 'older' }], modelAnalysis())).toEqual({
      text: 'a leak',
      by: 'approver',
    });
    expect(rootCauseOf([reported], modelAnalysis())).toEqual({ text: 'a full disk', by: 'reporter' });
    expect(rootCauseOf([{ ...approved, rootCause: ' ' }], modelAnalysis())).toEqual({
      text: 'The pool of connections is exhausted.',
      by: 'model',
    });
    expect(rootCauseOf([], modelAnalysis({ asked: 'rules' }))).toMatchObject({ by: 'rules' });
    expect(rootCauseOf([], undefined)).toBeUndefined();
  });

  it('is none that belongs to a failure', () => {
    expect(rootCauseOf([{ ...approved, success: false }], undefined)).toBeUndefined();
  });
});
