import { describe, expect, it } from 'vitest';
import { approval, BY_HAND, repairPlaybook, repairRun, RESTART, SCALE, type RunParts } from '../../../test/builders/known-run.ts';
import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import { RUN_PHASES, type RepairRunStatus, type StepStatus } from '../../crds/repairrun/status.ts';
import { hasEnded, nextRunStep, type RunStep } from './next-run-step.ts';

const time = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const ASKING: RepairRunStatus = { phase: 'AwaitingApproval', requestedAt: time(0), expiresAt: time(30) };
const APPROVED: RepairRunStatus = { ...ASKING, approvals: [approval()] };
const BY_GATE: RepairRunStatus = { ...ASKING, approvals: [approval({ by: 'gate', via: 'gate' })] };
const SAME = repairPlaybook();
const CHANGED = repairPlaybook({ status: { hash: 'another' } });
const UNREAD = repairPlaybook({ metadata: { generation: 2 } });
const SUSPENDED = repairPlaybook({ spec: { suspend: true } });
const DELETED = repairPlaybook({ metadata: { deletionTimestamp: time(0) } });

const intent = { time: time(5), summary: 'restart', plan: '{}' };
const done = { time: time(6), result: 'Done' as const };
const begun = (...steps: StepStatus[]): RepairRunStatus => ({ ...APPROVED, phase: 'Running', startedAt: time(5), steps });
const first = (over: Partial<StepStatus> = {}): StepStatus => ({ index: 0, action: 'restart_pod', intent, ...over });
const TWO = { steps: [RESTART, SCALE] };
const failed = (steps: StepStatus[]): RepairRunStatus => ({
  ...begun(...steps),
  phase: 'Verifying',
  verdict: { phase: 'Failed', reason: 'NotResolved', message: '', time: time(20) },
});

interface Given {
  readonly spec?: RunParts['spec'];
  readonly status?: RepairRunStatus;
  readonly playbook?: RepairPlaybook | 'none';
  readonly minutes?: number;
}

function next({ spec, status, playbook = SAME, minutes = 7 }: Given): RunStep {
  const run = repairRun({ ...(spec && { spec }), ...(status && { status }) });
  return nextRunStep({ run, playbook: playbook === 'none' ? undefined : playbook, now: new Date(time(minutes)) });
}

function shown(step: RunStep): string {
  return [step.do, 'index' in step ? step.index : '', 'reason' in step ? step.reason : '', 'by' in step ? step.by : '']
    .filter(part => part !== '')
    .join(' ');
}

describe('the next step of a run', () => {
  it.each<[string, Given, string]>([
    ['it is new', {}, 'admit'],
    ['it is new, and the playbook is another', { playbook: CHANGED }, 'renew'],
    ['it is new, and the playbook is not read yet', { playbook: UNREAD }, 'wait PlaybookUnread'],
    ['it is new, and the playbook is gone', { playbook: 'none' }, 'expire PlaybookDeleted'],
    ['it is new, and the playbook is suspended', { playbook: SUSPENDED }, 'admit'],
    ['it is to be tried alone', { spec: { dryRun: true } }, 'try'],
    ['nothing is ever done', { spec: { mode: 'Shadow' } }, 'try'],
    ['nobody has decided', { status: ASKING }, 'wait AwaitingApproval'],
    ['approved', { status: APPROVED }, 'begin 0 people'],
    ['let pass by the gate', { status: BY_GATE }, 'begin 0 gate'],
    [
      'approved by a person too',
      { status: { ...BY_GATE, approvals: [approval({ by: 'gate', via: 'gate' }), approval()] } },
      'begin 0 people',
    ],
    ['rejected', { status: { ...ASKING, approvals: [approval({ decision: 'Reject', reason: 'no' })] } }, 'reject no mei@example.com'],
    [
      'rejected after the gate let it pass',
      { status: { ...ASKING, approvals: [...(BY_GATE.approvals ?? []), approval({ decision: 'Reject' })] } },
      'reject mei@example.com',
    ],
    ['nobody decided in time', { status: ASKING, minutes: 30 }, 'expire NotApproved'],
    ['approved and held for too long', { status: APPROVED, minutes: 30 }, 'expire HeldTooLong'],
    ['let pass and held for too long', { status: BY_GATE, minutes: 30 }, 'expire HeldTooLong'],
    ['the playbook was changed', { status: ASKING, playbook: CHANGED }, 'renew'],
    ['approved, and the playbook was changed', { status: APPROVED, playbook: CHANGED }, 'renew'],
    [
      'rejected, and the playbook was changed',
      { status: { ...ASKING, approvals: [approval({ decision: 'Reject' })] }, playbook: CHANGED },
      'reject mei@example.com',
    ],
    ['approved, and the playbook is not read yet', { status: APPROVED, playbook: UNREAD }, 'wait PlaybookUnread'],
    ['approved, and the playbook is suspended', { status: APPROVED, playbook: SUSPENDED }, 'wait PlaybookSuspended'],
    ['approved, and the playbook is being deleted', { status: APPROVED, playbook: DELETED }, 'expire PlaybookDeleted'],
    ['approved, and the playbook is gone', { status: APPROVED, playbook: 'none' }, 'expire PlaybookDeleted'],
    ['a step is recorded', { status: begun(first()) }, 'carry-out 0'],
    ['recorded and not done in time', { status: begun(first()), minutes: 15 }, 'look-back 0'],
    ['recorded, and the playbook is gone', { status: begun(first()), playbook: 'none' }, 'look-back 0'],
    ['recorded, and the playbook is suspended', { status: begun(first()), playbook: SUSPENDED }, 'look-back 0'],
    ['carried out', { status: begun(first({ effectTime: time(5) })) }, 'settle 0'],
    ['carried out, and the playbook is gone', { status: begun(first({ effectTime: time(5) })), playbook: 'none' }, 'settle 0'],
    ['the first of two is done', { spec: TWO, status: begun(first({ deed: done })) }, 'begin 1 begun'],
    ['and the playbook was changed', { spec: TWO, status: begun(first({ deed: done })), playbook: CHANGED }, 'stop PlaybookChanged'],
    ['and the playbook is gone', { spec: TWO, status: begun(first({ deed: done })), playbook: 'none' }, 'stop PlaybookDeleted'],
    ['and the playbook is suspended', { spec: TWO, status: begun(first({ deed: done })), playbook: SUSPENDED }, 'stop PlaybookSuspended'],
    ['and the playbook is not read yet', { spec: TWO, status: begun(first({ deed: done })), playbook: UNREAD }, 'wait PlaybookUnread'],
    ['the second was held back for too long', { spec: TWO, status: begun(first({ deed: done })), minutes: 36 }, 'stop HeldTooLong'],
    ['every step is done', { status: begun(first({ deed: done })) }, 'verify'],
    ['it is watched', { status: { ...begun(), phase: 'Verifying' } }, 'verify'],
    ['it failed, and changes stay', { status: failed([first({ effectTime: time(6), deed: done })]) }, 'finish'],
    [
      'it failed, and is to be taken back',
      { spec: { onFailure: 'Rollback' }, status: failed([first({ effectTime: time(6), deed: done })]) },
      'undo 0',
    ],
    [
      'it was taken back',
      { spec: { onFailure: 'Rollback' }, status: failed([first({ effectTime: time(6), deed: done, undone: done })]) },
      'finish',
    ],
    ['nothing was done', { spec: { onFailure: 'Rollback' }, status: failed([first({ deed: { ...done, result: 'Refused' } })]) }, 'finish'],
    [
      'the last is taken back first, and nothing of people',
      {
        spec: { ...TWO, onFailure: 'Rollback' },
        status: failed([
          first({ effectTime: time(6) }),
          { index: 1, action: 'scale_up', effectTime: time(7) },
          { index: 2, action: BY_HAND.action, effectTime: time(8) },
        ]),
      },
      'undo 1',
    ],
  ])('%s', (_, given, expected) => {
    expect(shown(next(given))).toBe(expected);
  });

  it.each(RUN_PHASES.filter(hasEnded))('leaves %s for nothing, whatever is approved later', phase => {
    expect(next({ status: { ...APPROVED, phase } }).do).toBe('rest');
  });

  it('says whom it waits for, and whose decision does not count', () => {
    const spec = { approval: { approvers: ['ann'], quorum: 1, expiresAfter: '30m' } };
    expect(next({ spec, status: APPROVED })).toMatchObject({
      message: 'It waits for approval of ann: 0 of 1. Not counted: mei@example.com is not among spec.approval.approvers.',
    });
  });
});
