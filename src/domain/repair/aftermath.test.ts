import { describe, expect, it } from 'vitest';
import { ANOMALY, approval, BY_HAND, repairPlaybook, repairRun, RESTART, SCALE, type RunParts } from '../../../test/builders/known-run.ts';
import type { RepairPlaybookSpec } from '../../crds/repairplaybook/spec.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairRunStatus, RunPhase } from '../../crds/repairrun/status.ts';
import { comparison, comparesUntil, type ReportedOutcome } from './comparison.ts';
import { surplus } from './history.ts';
import { learnedOutcome } from './learned-outcome.ts';
import { notBefore } from './run-times.ts';

const time = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const at = (seconds: number): Date => new Date(time(seconds));

const WROTE = { index: 0, action: 'restart_pod' as const, effectTime: time(2), deed: { time: time(7), result: 'Done' as const } };
const judged = (phase: 'Succeeded' | 'Failed' | 'Unknown', over: Partial<RepairRunStatus> = {}): RepairRunStatus => ({
  stepsHash: '0011223344556677',
  startedAt: time(1),
  steps: [WROTE],
  verdict: { phase, reason: 'Resolved', message: '', time: time(9) },
  ...over,
});
const run = (status: RepairRunStatus, spec: RunParts['spec'] = {}) => repairRun({ spec, status });

const REFUSED = { index: 0, action: 'restart_pod' as const, deed: { time: time(2), result: 'Refused' as const } };
const { anomalyKey: _, ...ofNoAnomaly } = repairRun().spec;

const report = (seconds: number, over: Partial<ReportedOutcome> = {}): ReportedOutcome => ({
  id: `${seconds}`,
  anomalyKey: ANOMALY,
  action: 'restart_pod',
  success: true,
  by: 'bot',
  at: at(seconds),
  ...over,
});

describe('what a run has taught', () => {
  it.each<[string, RepairRun, object]>([
    ['it helped', run(judged('Succeeded')), { success: true, executionSeconds: 6, action: 'restart_pod' }],
    ['it did not', run(judged('Failed')), { success: false }],
    [
      'of several steps, that which reaches farthest',
      run(judged('Succeeded'), { steps: [RESTART, SCALE, BY_HAND] }),
      { action: 'scale_up' },
    ],
    [
      'of people alone',
      run(judged('Succeeded'), { steps: [BY_HAND] }),
      { action: 'manual_intervention', verified: { anomalyClass: 'HighLatency/None' } },
    ],
  ])('%s', (_, given, expected) => {
    expect(learnedOutcome(given, repairPlaybook())).toMatchObject(expected);
  });

  it.each<[string, RepairRun]>([
    ['nobody can say', run(judged('Unknown'))],
    ['it was refused before anything was changed', run(judged('Failed', { steps: [REFUSED] }))],
    ['it was rejected', run({ phase: 'Rejected' })],
    ['it is of no anomaly', { ...run(judged('Failed')), spec: ofNoAnomaly }],
  ])('nothing where %s', (_, given) => {
    expect(learnedOutcome(given, repairPlaybook())).toBeUndefined();
  });

  it("names the cause that a person's playbook names, and what the outcome counts for", () => {
    const playbook = repairPlaybook({ spec: { rootCause: 'a leak', description: 'Restarts it.' } });
    expect(learnedOutcome(run(judged('Failed')), playbook)).toMatchObject({
      id: 'uid-1',
      anomalyKey: ANOMALY,
      rootCause: 'a leak',
      fixDescription: 'Restarts it.',
      verified: { anomalyClass: 'HighLatency/Deployment', playbook: { namespace: 'shop', name: 'restart-web', steps: '0011223344556677' } },
    });
  });

  it.each<[string, RepairPlaybookSpec['source'], Parameters<typeof approval>[0], string | undefined]>([
    ['of who approved it', 'manual', { reason: 'a dead connection' }, 'a dead connection'],
    ['of who approved it, also of a learned playbook', 'auto_learning', { reason: 'a dead connection' }, 'a dead connection'],
    ['of who wrote the playbook, where the approver gives none', 'manual', { reason: ' ' }, 'a leak'],
    ['of nobody, where the playbook was learned', 'auto_learning', {}, undefined],
    ['of nobody, where the gate let it pass', 'auto_learning', { by: 'gate', via: 'gate', reason: 'It is Trusted.' }, undefined],
  ])('has the root cause %s', (_, source, voice, expected) => {
    const playbook = repairPlaybook({ spec: { source, rootCause: 'a leak' } });
    expect(learnedOutcome(run(judged('Succeeded', { approvals: [approval(voice)] })), playbook)?.rootCause).toBe(expected);
  });

  it('counts what a person alone says as no more than a report', () => {
    const verdict = { phase: 'Failed' as const, reason: 'DidNotHelp', message: '', time: time(9) };
    expect(learnedOutcome(run(judged('Failed', { verdict })), undefined)).not.toHaveProperty('verified');
  });
});

it('of a run that nobody has compared with its playbook is no more than a report', () => {
  const { stepsHash: _steps, ...status } = judged('Succeeded');
  expect(learnedOutcome(run(status), repairPlaybook())).toMatchObject({ success: true });
  expect(learnedOutcome(run(status), repairPlaybook())).not.toHaveProperty('verified');
});

describe('a Shadow run beside what people did', () => {
  const shadow = repairRun({ spec: { mode: 'Shadow' }, status: { phase: 'DryRun', requestedAt: time(0) } });
  it.each<[string, readonly ReportedOutcome[], object]>([
    ['nothing', [], { proposed: 'restart_pod' }],
    ['the same', [report(5)], { done: 'restart_pod', same: true, succeeded: true }],
    [
      'something else that failed',
      [report(5, { action: 'rollback', success: false })],
      { done: 'rollback', same: false, succeeded: false },
    ],
    ['several things: what came last', [report(5, { action: 'rollback' }), report(9), report(2)], { done: 'restart_pod', same: true }],
  ])('%s', (_, reported, expected) => {
    expect(comparison(shadow, { reported, runs: [] }, at(60))).toEqual(expect.objectContaining(expected));
    expect(comparison(shadow, { reported, runs: [] }, at(60))).not.toHaveProperty('comparedAt');
  });

  it.each([
    ['before it', report(-1)],
    ['after the window', report(601)],
    [
      'by the operator itself, whose run is not here',
      report(5, { verified: { anomalyClass: 'x', playbook: { namespace: 'shop', name: 'x', steps: 's' } } }),
    ],
  ])('does not count what was reported %s', (_, reported) => {
    expect(comparison(shadow, { reported: [reported], runs: [] }, at(60))).toEqual({ proposed: 'restart_pod' });
  });

  const APPROVED = { by: 'mei', via: 'telegram', decision: 'Approve', time: time(4) } as const;
  const ofPeople = (over: Partial<RepairRunStatus> = {}, spec: RunParts['spec'] = {}) =>
    repairRun({
      metadata: { name: 'other', uid: 'uid-2' },
      spec,
      status: { phase: 'Succeeded', startedAt: time(5), steps: [WROTE], approvals: [APPROVED], ...over },
    });

  it.each<[string, RepairRun, object]>([
    ['that helped', ofPeople(), { done: 'restart_pod', same: true, succeeded: true }],
    ['that did not', ofPeople({ phase: 'Failed' }, { steps: [SCALE] }), { done: 'scale_up', same: false, succeeded: false }],
    ['of which nobody can say', ofPeople({ phase: 'Unknown' }), { done: 'restart_pod', same: true }],
  ])('a run that a person approved, %s', (_, other, expected) => {
    const comparedAt = time(700);
    expect(comparison(shadow, { reported: [report(2, { action: 'rollback' })], runs: [shadow, other] }, at(700))).toEqual({
      proposed: 'restart_pod',
      ...expected,
      comparedAt,
    });
  });

  it.each<[string, RepairRun]>([
    ['the gate alone let begin', ofPeople({ approvals: [{ ...APPROVED, by: 'gate', via: 'gate' }] })],
    ['somebody rejected', ofPeople({ approvals: [{ ...APPROVED, decision: 'Reject' }] })],
    ['has changed nothing', ofPeople({ steps: [REFUSED] })],
    ['began before it', ofPeople({ startedAt: time(-1) })],
    ['began after the window', ofPeople({ startedAt: time(601) })],
    ['is for another anomaly', ofPeople({}, { anomalyKey: 'v1-another' })],
  ])('does not count a run that %s', (_, other) => {
    expect(comparison(shadow, { reported: [], runs: [other] }, at(700))).toEqual({ proposed: 'restart_pod', comparedAt: time(700) });
  });

  it('waits for a run that is under way when the window ends', () => {
    const runs = [ofPeople({ phase: 'Verifying' })];
    expect(comparison(shadow, { reported: [], runs }, at(700))).toEqual({ proposed: 'restart_pod', done: 'restart_pod', same: true });
  });

  it('ends with the window', () => {
    expect(comparesUntil(shadow)).toEqual(at(600));
    const compared = comparison(shadow, { reported: [], runs: [] }, at(600));
    expect(compared.comparedAt).toBe(time(600));
    expect(comparesUntil({ ...shadow, status: { ...shadow.status, comparison: compared } })).toBeUndefined();
  });
});

describe('history', () => {
  const ended = (name: string, phase: RunPhase, over: Partial<RepairRunStatus> = {}): RepairRun =>
    repairRun({ metadata: { name, uid: name }, status: { phase, finishedAt: time(Number(name)), ...over } });
  const limits = { successfulRunsHistoryLimit: 1, failedRunsHistoryLimit: 2 };
  const names = (runs: readonly RepairRun[], now = at(100_000)): string[] =>
    surplus(runs, limits, now).map(({ metadata }) => metadata.name);

  it('gives up the oldest, of those that succeeded and of the rest', () => {
    const runs = [ended('1', 'Succeeded'), ended('2', 'Failed'), ended('3', 'Expired'), ended('4', 'Unknown'), ended('5', 'Succeeded')];
    expect(names(runs)).toEqual(['1', '2']);
  });

  it.each<[string, RepairRun]>([
    ['has not ended', ended('1', 'Running')],
    ['waits', ended('1', 'AwaitingApproval')],
    ['is still to be learned from', ended('1', 'Succeeded', { learned: false })],
    [
      'is still to be compared',
      repairRun({ spec: { mode: 'Shadow' }, status: { phase: 'DryRun', requestedAt: time(0), finishedAt: time(1) } }),
    ],
  ])('never gives up one that %s', (_, run) => {
    const others = ['6', '7', '8', '9'].flatMap(name => [ended(name, 'Succeeded'), ended(`1${name}`, 'Failed')]);
    expect(names([run, ...others])).not.toContain(run.metadata.name);
  });

  it('keeps one as long as its target cools down', () => {
    const runs = [ended('1', 'Succeeded', { startedAt: time(0) }), ended('2', 'Succeeded', { startedAt: time(0) })];
    expect(names(runs, at(600))).toEqual([]);
    expect(names(runs, at(601))).toEqual(['1']);
  });
});

it('takes no time for earlier than one that the run holds: a clock that is set back runs nothing', () => {
  expect(notBefore(at(5), { requestedAt: time(9) })).toEqual(at(9));
  expect(notBefore(at(5), { requestedAt: time(1), steps: [{ index: 0, action: 'rollback', effectTime: time(8) }] })).toEqual(at(8));
  expect(notBefore(at(5))).toEqual(at(5));
});
