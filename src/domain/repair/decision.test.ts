import { describe, expect, it } from 'vitest';
import { approval, repairRun } from '../../../test/builders/known-run.ts';
import type { ApprovalEntry } from '../../crds/repairrun/spec.ts';
import type { RecordedApproval } from '../../crds/repairrun/status.ts';
import { decisionOf, reasonOfApproval, recordedApprovals } from './decision.ts';

const NOW = new Date('2026-01-01T00:10:00Z');
const EXPIRES = '2026-01-01T00:30:00.000Z';
const MEI = 'mei@example.com';
const TELEGRAM = approval({ by: 'telegram:42', via: 'telegram', name: 'Mei' });

interface Given {
  readonly approvers?: string[];
  readonly quorum?: number;
  /** By kubectl. */
  readonly spec?: ApprovalEntry[];
  readonly recorded?: RecordedApproval[];
}

const runOf = ({ approvers = [], quorum = 1, spec = [], recorded = [] }: Given) =>
  repairRun({
    spec: { approval: { approvers, quorum, expiresAfter: '30m' }, approvals: spec },
    status: { phase: 'AwaitingApproval', expiresAt: EXPIRES, approvals: recorded },
  });

describe('what people have decided', () => {
  it.each<[string, Given, string]>([
    ['nobody has', {}, 'open'],
    ['by kubectl', { spec: [{ by: MEI, decision: 'Approve' }] }, 'approved'],
    ['by the API', { recorded: [approval()] }, 'approved'],
    ['by a button', { recorded: [TELEGRAM] }, 'approved'],
    ['one of two', { quorum: 2, recorded: [approval()] }, 'open'],
    ['two of two, by two ways', { quorum: 2, spec: [{ by: 'ann', decision: 'Approve' }], recorded: [approval()] }, 'approved'],
    ['one person by two ways counts once', { quorum: 2, spec: [{ by: MEI, decision: 'Approve' }], recorded: [approval()] }, 'open'],
    ['a rejection before the quorum', { quorum: 2, recorded: [approval(), approval({ by: 'ann', decision: 'Reject' })] }, 'rejected'],
    ['a rejection by kubectl beside an approval', { spec: [{ by: 'ann', decision: 'Reject' }], recorded: [approval()] }, 'rejected'],
    [
      'a rejection elsewhere of who approves by kubectl',
      { spec: [{ by: MEI, decision: 'Approve' }], recorded: [approval({ decision: 'Reject' })] },
      'rejected',
    ],
    ['a rejection by kubectl of who approved elsewhere', { spec: [{ by: MEI, decision: 'Reject' }], recorded: [approval()] }, 'rejected'],
    ['taken back, that was given by kubectl', { recorded: [approval({ via: 'kubernetes' })] }, 'open'],
    ['one of two taken back', { quorum: 2, recorded: [approval({ via: 'kubernetes' }), approval({ by: 'ann' })] }, 'open'],
    [
      'still there, that was given by kubectl',
      { spec: [{ by: MEI, decision: 'Approve' }], recorded: [approval({ via: 'kubernetes' })] },
      'approved',
    ],
    ['a rejection by kubectl that is taken back', { recorded: [approval({ via: 'kubernetes', decision: 'Reject' })] }, 'rejected'],
    ['one who is listed', { approvers: [MEI], recorded: [approval()] }, 'approved'],
    ['one who is not', { approvers: ['ann'], recorded: [approval()] }, 'open'],
    ['a rejection of one who is not', { approvers: ['ann'], recorded: [approval({ decision: 'Reject' })] }, 'open'],
    ['a listed id of Telegram', { approvers: ['telegram:42'], recorded: [TELEGRAM] }, 'approved'],
    ['another id of Telegram', { approvers: ['telegram:43'], recorded: [TELEGRAM] }, 'open'],
    [
      'a user who is called like an id of Telegram',
      { approvers: ['telegram:42'], spec: [{ by: 'telegram:42', decision: 'Approve' }] },
      'open',
    ],
    ['the same over the API', { approvers: ['telegram:42'], recorded: [approval({ by: 'telegram:42' })] }, 'open'],
    ['a button that gives a name of Kubernetes', { approvers: [MEI], recorded: [approval({ via: 'telegram' })] }, 'open'],
    ['the gate is no person', { recorded: [approval({ by: 'gate', via: 'gate' })] }, 'open'],
    [
      'a user who is called gate',
      { recorded: [approval({ by: 'gate', via: 'gate' })], spec: [{ by: 'gate', decision: 'Approve' }] },
      'open',
    ],
    ['recorded after it had expired', { recorded: [approval({ time: EXPIRES })] }, 'open'],
    ['rejected after it had expired', { recorded: [approval({ time: EXPIRES, decision: 'Reject' })] }, 'open'],
  ])('%s', (_, given, is) => {
    expect(decisionOf(runOf(given), NOW).is).toBe(is);
  });

  it('does not count what kubectl shows for the first time after the run had expired, whenever it was written', () => {
    const run = runOf({ spec: [{ by: MEI, decision: 'Approve' }] });
    expect(decisionOf(run, new Date(EXPIRES))).toEqual({
      is: 'open',
      approvals: 0,
      ignored: [`the decision of ${MEI} came after the run had expired`],
    });
  });

  it('says who decided, by name, and why', () => {
    const no = approval({ ...TELEGRAM, decision: 'Reject', reason: 'release' });
    expect(decisionOf(runOf({ recorded: [no] }), NOW)).toEqual({ is: 'rejected', by: 'Mei', reason: 'release' });
    expect(decisionOf(runOf({ approvers: ['ann'], recorded: [TELEGRAM] }), NOW)).toMatchObject({
      ignored: ['telegram:42 is not among spec.approval.approvers'],
    });
  });
});

it('records what kubectl shows with the time when it was seen, once', () => {
  const run = runOf({ spec: [{ by: 'ann', decision: 'Approve', reason: 'known' }], recorded: [approval()] });
  const seen = recordedApprovals(run, NOW);
  expect(seen).toEqual([
    approval(),
    { by: 'ann', via: 'kubernetes', decision: 'Approve', reason: 'known', time: '2026-01-01T00:10:00.000Z' },
  ]);
  const later = { ...run, status: { ...run.status, approvals: [...seen] } };
  expect(recordedApprovals(later, new Date('2026-01-01T00:20:00Z'))).toEqual(seen);
});

const at = (minute: number, over: Partial<RecordedApproval>) => approval({ time: `2026-01-01T00:${minute}:00.000Z`, ...over });

describe('the reason of an approval', () => {
  const first = at(11, { by: 'ann', reason: 'a leak' });

  it.each<[string, Given, string | undefined]>([
    ['the last that was given', { recorded: [at(12, { reason: 'a dead connection' }), first] }, 'a dead connection'],
    ['none is no reason', { recorded: [first, at(12, {}), at(13, { by: 'bo', reason: ' ' })] }, 'a leak'],
    ['not of a rejection', { recorded: [first, at(12, { decision: 'Reject', reason: 'not now' })] }, 'a leak'],
    ['not of the gate', { recorded: [at(12, { by: 'gate', via: 'gate', reason: 'Trusted' })] }, undefined],
    ['not of one who is not listed', { approvers: ['ann'], recorded: [first, at(12, { reason: 'I say so' })] }, 'a leak'],
    ['not of one who came late', { recorded: [first, at(31, { reason: 'I say so' })] }, 'a leak'],
    ['not of what was never recorded', { spec: [{ by: MEI, decision: 'Approve', reason: 'I say so' }] }, undefined],
  ])('%s', (_, given, expected) => {
    expect(reasonOfApproval(runOf(given))).toBe(expected);
  });
});
