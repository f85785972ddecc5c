import { describe, expect, it } from 'vitest';
import { repairRun, RESTART, SCALE } from '../../../test/builders/known-run.ts';
import type { RepairRunStatus, RunPhase } from '../../crds/repairrun/status.ts';
import { approvalIdOf } from './approval-id.ts';
import { renewedName } from './renewed-name.ts';
import { runConditions } from './run-conditions.ts';
import { shownHash, shownRepair } from './shown-repair.ts';
import { namedStep, targetsOf } from './steps-of.ts';

const NOW = new Date('2026-01-01T00:10:00Z');

const hashOf = (given: RepairRunStatus, now: Date): string | undefined => {
  const repair = shownRepair(repairRun({ status: given }), now);
  return repair && shownHash(repair);
};

const said = (by: string, decision: 'Approve' | 'Reject', name?: string) => ({
  by,
  via: by === 'gate' ? ('gate' as const) : by.startsWith('telegram:') ? ('telegram' as const) : ('api' as const),
  decision,
  time: '2026-01-01T00:05:00.000Z',
  ...(name !== undefined && { name }),
});

describe('conditions, in the words of kstatus', () => {
  it.each<[RunPhase | undefined, boolean, string]>([
    [undefined, false, 'Complete=False Ready=False Reconciling=True'],
    ['AwaitingApproval', false, 'Complete=False Ready=False Reconciling=True'],
    ['AwaitingApproval', true, 'Complete=False Ready=False Stalled=True'],
    ['Running', false, 'Complete=False Ready=False Reconciling=True'],
    ['Verifying', false, 'Complete=False Ready=False Reconciling=True'],
    ['Succeeded', false, 'Complete=True Ready=True'],
    ['DryRun', false, 'Complete=True Ready=True'],
    ['Failed', false, 'Complete=True Ready=False Stalled=True'],
    ['Unknown', false, 'Complete=True Ready=False Stalled=True'],
    ['Rejected', false, 'Complete=True Ready=False Stalled=True'],
    ['Expired', false, 'Complete=True Ready=False Stalled=True'],
  ])('%s, only a person can help: %s', (phase, stalled, expected) => {
    const conditions = runConditions(phase ? { phase } : {}, { reason: 'Because', message: 'It is so.', stalled });
    expect(
      Object.entries(conditions)
        .map(([type, { status }]) => `${type}=${status}`)
        .toSorted()
        .join(' '),
    ).toBe(expected);
  });
});

describe('what the incident shows', () => {
  const status: RepairRunStatus = {
    phase: 'AwaitingApproval',
    approvalId: 'rr-1',
    expiresAt: '2026-01-01T00:30:00.000Z',
    message: 'It waits.',
  };
  const people = { index: 0, action: 'manual_intervention' as const, effectTime: '2026-01-01T00:05:00.000Z' };

  it('says all that a card needs', () => {
    expect(shownRepair(repairRun({ status }), NOW)).toEqual({
      approvalId: 'rr-1',
      run: 'shop/restart-web-1',
      playbook: 'restart-web',
      summary: 'restart_pod of Deployment web',
      tier: 1,
      phase: 'AwaitingApproval',
      detail: 'It waits.',
      waitsFor: 'approval',
      expiresAt: new Date('2026-01-01T00:30:00.000Z'),
      updatedAt: NOW,
    });
  });

  it.each<[string, RepairRunStatus, string | undefined]>([
    ['those who approved', { phase: 'Running', approvals: [said('telegram:7', 'Approve', 'ada')] }, 'ada'],
    ['who rejected', { phase: 'Rejected', approvals: [said('mei', 'Approve'), said('lin', 'Reject')] }, 'lin'],
    ['that it ran by what was learned', { phase: 'Succeeded', approvals: [said('gate', 'Approve')] }, 'gate'],
    ['nobody while it waits', { phase: 'AwaitingApproval', approvals: [said('mei', 'Approve')] }, undefined],
    ['nobody where nobody decided', { phase: 'DryRun' }, undefined],
  ])('says who decided: %s', (_, given, by) => {
    expect(shownRepair(repairRun({ status: { ...status, ...given } }), NOW)?.by).toBe(by);
  });

  it.each<[string, RepairRunStatus, string | undefined]>([
    ['it runs', { ...status, phase: 'Running' }, undefined],
    ['people are to answer', { ...status, phase: 'Running', steps: [people] }, 'people'],
    [
      'they have',
      { ...status, phase: 'Running', steps: [{ ...people, answer: { by: 'ann', helped: true, time: people.effectTime } }] },
      undefined,
    ],
    ['it has ended', { ...status, phase: 'Expired' }, undefined],
  ])('says for whom it waits: %s', (_, given, waitsFor) => {
    expect(shownRepair(repairRun({ status: given }), NOW)?.waitsFor).toBe(waitsFor);
  });

  it('is the same whenever it is shown, and another once it stands otherwise', () => {
    expect(hashOf(status, NOW)).toBe(hashOf(status, new Date(0)));
    expect(hashOf(status, NOW)).not.toBe(hashOf({ ...status, phase: 'Running' }, NOW));
  });

  it('shows nothing of a run without an incident, or that was never looked at', () => {
    const { incidentId: _, ...spec } = repairRun().spec;
    expect(shownRepair({ ...repairRun({ status }), spec }, NOW)).toBeUndefined();
    expect(shownRepair(repairRun(), NOW)).toBeUndefined();
  });
});

it('names a run for its approval by what it is, the same for the same object', () => {
  const { metadata } = repairRun();
  expect(approvalIdOf(metadata)).toBe(approvalIdOf({ ...metadata }));
  expect(approvalIdOf({ ...metadata, uid: 'another' })).not.toBe(approvalIdOf(metadata));
});

it('names the run that asks again after the playbook, within what a name may be', () => {
  expect(renewedName('restart-web-1', 'fedcba9876543210')).toBe('restart-web-1-fedcba');
  expect(renewedName(`${'a'.repeat(245)}-${'b'.repeat(7)}`, 'fedcba9876543210')).toBe(`${'a'.repeat(245)}-fedcba`);
});

it('does nothing to a target without a name', () => {
  expect(namedStep({ ...RESTART, target: { kind: 'Pod', fromLabel: 'pod' } })).toMatch(/does not name its target/);
  expect(targetsOf(repairRun({ spec: { steps: [RESTART, SCALE] } }))).toEqual(['Deployment/web']);
});
