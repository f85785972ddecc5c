import { beforeEach, describe, expect, it } from 'vitest';
import { type RepairDesk, repairDesk, runOf } from '../../../test/builders/repair-desk.ts';
import { playbookOf, PLAYBOOK_HASH } from '../../../test/builders/known-playbook.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairRunStatus } from '../../crds/repairrun/status.ts';
import { approvalOf } from './approval.ts';
import { decideRun, latenessOf, type WantedDecision } from './decide-run.ts';

const RUN = 'shop/restart-cart-1';
const NOW = new Date('2026-11-26T10:00:02.000Z');
let desk: RepairDesk;

function run(approvers: readonly string[] = [], status: RepairRunStatus = {}): RepairRun {
  const { spec } = playbookOf('restart-cart', { spec: { approval: { approvers } } });
  const { approval, verify, limits, onFailure, gitOps, mode } = spec;
  const steps = [{ action: 'restart_pod' as const, target: { kind: 'Deployment' as const, name: 'cart' }, parameters: {} }];
  const common = { playbookRef: { name: 'restart-cart' }, playbookHash: PLAYBOOK_HASH, incidentId: 'inc-07-abcdefghijklm', dryRun: false };
  const wanted = { ...common, mode, steps, approval, verify, limits, onFailure, gitOps, approvals: [] };
  const place = { namespace: 'shop', name: 'restart-cart-1', playbook: 'restart-cart' };
  return runOf({ ...place, spec: wanted }, { approvalId: 'rr-1', requestedAt: '2026-11-26T10:00:00.000Z', ...status });
}

function given(standing: RepairRun): void {
  desk.runs.set(RUN, standing);
}

beforeEach(() => {
  desk = repairDesk([playbookOf('restart-cart')]);
  given(run());
});

const decide = (over: Partial<WantedDecision> = {}) =>
  decideRun(desk, { approvalId: 'rr-1', decision: 'Approve', by: 'mei', via: 'api', ...over }, AbortSignal.timeout(5_000));
const decisions = () => desk.runs.get(RUN)?.status?.approvals ?? [];

describe('a decision', () => {
  it('is recorded with who, how and why', async () => {
    expect(await decide({ by: 'telegram:9', via: 'telegram', name: 'Mei', reason: 'it always helps' })).toMatchObject({
      is: 'recorded',
      run: { metadata: { name: 'restart-cart-1' } },
    });
    expect(decisions()).toMatchObject([{ by: 'telegram:9', via: 'telegram', name: 'Mei', reason: 'it always helps', decision: 'Approve' }]);
  });

  it('that comes twice is recorded once, also where the run has begun by then', async () => {
    await decide();
    expect(await decide()).toMatchObject({ is: 'repeated' });
    desk.move(RUN, { phase: 'Running' });
    expect(await decide()).toMatchObject({ is: 'repeated' });
    expect(decisions()).toHaveLength(1);
  });

  it('takes the place of an earlier one of the same person while the run waits', async () => {
    await decide();
    expect(await decide({ decision: 'Reject' })).toMatchObject({ is: 'recorded' });
    expect(decisions()).toMatchObject([{ by: 'mei', decision: 'Reject' }]);
  });

  it('comes late to a run that no longer waits', async () => {
    desk.move(RUN, { phase: 'Rejected' });
    expect(await decide()).toMatchObject({ is: 'late', run: { status: { phase: 'Rejected' } } });
    expect(decisions()).toEqual([]);
  });

  it('comes late to a run whose time is over, though nobody has said so of it yet', async () => {
    desk.move(RUN, { expiresAt: '2026-11-26T10:00:02.000Z' });
    expect(await decide()).toMatchObject({ is: 'late', run: { status: { phase: 'AwaitingApproval' } } });
    expect(decisions()).toEqual([]);
  });

  it('of somebody whom the playbook does not list is not taken', async () => {
    given(run(['mei']));
    expect(await decide({ by: 'bob' })).toMatchObject({ is: 'not-an-approver' });
    expect(decisions()).toEqual([]);
    expect(await decide()).toMatchObject({ is: 'recorded' });
  });

  it('is no approval of what the playbook was before; a rejection is one all the same', async () => {
    desk.playbooks.splice(0, 1, playbookOf('restart-cart', { status: { hash: '0000000000000000' } }));
    expect(await decide()).toMatchObject({ is: 'late' });
    expect(decisions()).toEqual([]);
    expect(await decide({ decision: 'Reject' })).toMatchObject({ is: 'recorded' });
  });

  it('about a playbook of another namespace says nothing', async () => {
    desk.playbooks.splice(0, 1, playbookOf('restart-cart', { namespace: 'other', status: { hash: '0000000000000000' } }));
    expect(await decide()).toMatchObject({ is: 'recorded' });
  });

  it('about nothing is answered so, also where the run has gone just now', async () => {
    expect(await decide({ approvalId: 'rr-2' })).toEqual({ is: 'missing' });
    desk.freeze();
    desk.runs.clear();
    expect(await decide()).toEqual({ is: 'missing' });
  });
});

it.each([
  ['Rejected', 'rejected'],
  ['Expired', 'expired'],
  ['Running', 'approved'],
  ['Failed', 'approved'],
  ['AwaitingApproval', 'over'],
  ['DryRun', 'over'],
] as const)('says of a run that is %s that it is %s', (phase, expected) => {
  expect(latenessOf(run([], { phase }), desk.objects, NOW)).toBe(expected);
});

it('says of a run whose time is over that it is expired, though its phase is not yet', () => {
  expect(latenessOf(run(), desk.objects, new Date('2026-11-26T10:30:00.000Z'))).toBe('expired');
  expect(latenessOf(run([], { phase: 'Running' }), desk.objects, new Date('2026-11-26T10:30:00.000Z'))).toBe('approved');
});

it.each(['AwaitingApproval', 'Expired'] as const)('says of a run that is %s that its playbook has changed', phase => {
  desk.playbooks.splice(0, 1, playbookOf('restart-cart', { status: { hash: '0000000000000000' } }));
  expect(latenessOf(run([], { phase }), desk.objects, NOW)).toBe('changed');
});

describe('an approval', () => {
  it('is what people see of a run', () => {
    expect(approvalOf(run(['mei'], { message: 'waits for mei' }))).toEqual({
      id: 'rr-1',
      status: 'pending',
      phase: 'AwaitingApproval',
      namespace: 'shop',
      run: 'restart-cart-1',
      playbook: 'restart-cart',
      incidentId: 'inc-07-abcdefghijklm',
      summary: 'restart_pod of Deployment cart',
      tier: 1,
      approvers: ['mei'],
      quorum: 1,
      requestedAt: '2026-11-26T10:00:00.000Z',
      expiresAt: '2026-11-26T10:30:00.000Z',
      decisions: [],
      message: 'waits for mei',
    });
  });

  it.each([
    ['AwaitingApproval', 'pending'],
    ['Rejected', 'rejected'],
    ['Expired', 'expired'],
    ['Verifying', 'approved'],
    ['Unknown', 'approved'],
  ] as const)('of a run that is %s is %s', (phase, status) => {
    expect(approvalOf(run([], { phase }))?.status).toBe(status);
  });

  it('is none where nobody is asked', () => {
    expect(approvalOf(run([], { phase: 'DryRun' }))).toBeUndefined();
    const { status: _, ...unseen } = run();
    expect(approvalOf(unseen)).toBeUndefined();
  });
});
