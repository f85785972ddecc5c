import { z } from 'zod';
import { APPROVED_BY_WAY, RUN_PHASES } from '../../crds/repairrun/status.ts';
import { DECISIONS } from '../../crds/repairrun/spec.ts';
import { type ApprovalView, SHOWN_STATUSES } from '../../domain/approvals/approval-view.ts';
import { ErrorBody } from './schema.ts';

const Time = z.string().meta({ format: 'date-time' });

const EXAMPLE: ApprovalView = {
  id: 'rr-3f9c0a1b2c4d5e6f7a80',
  status: 'pending',
  drill: false,
  namespace: 'shop',
  run: 'restart-checkout-3f9c0a1b',
  phase: 'AwaitingApproval',
  playbook: 'restart-checkout',
  incident_id: 'inc-07-3f9c0a1b2c4d5',
  anomaly_key: 'v1-3f9c0a1b2c4d5e6f',
  alertname: 'HighLatency',
  summary: 'restart_pod of Deployment checkout',
  tier: 1,
  approvers: ['mei@example.com', 'telegram:4711'],
  quorum: 2,
  requested_at: '2026-03-29T02:00:00.000Z',
  expires_at: '2026-03-29T02:30:00.000Z',
  decisions: [{ by: 'telegram:4711', via: 'telegram', decision: 'Approve', reason: null, name: 'Omar', time: '2026-03-29T02:03:00.000Z' }],
  message: 'It waits for 1 more approval.',
};

const Decision = z.object({
  by: z.string().describe('A user name of Kubernetes, telegram:ID, or gate where it was authorised by what was learned.'),
  via: z.enum(APPROVED_BY_WAY).describe('How it came, and so how it is proven.'),
  decision: z.enum(DECISIONS),
  reason: z.string().nullable(),
  name: z.string().nullable().describe('How the person is called, where by is a number.'),
  time: Time,
});

/** What the API answers of an approval (domain/approvals/approval-view.ts). */
export const ApprovalBody = z
  .object({
    id: z.string(),
    status: z.enum(SHOWN_STATUSES).describe('approved: it runs, or has run; phase says how that went.'),
    drill: z.boolean().describe('Of a drill nothing is run, and what a run would tell is null.'),
    namespace: z.string().nullable(),
    run: z.string().nullable().describe('Name of the RepairRun.'),
    phase: z.enum(RUN_PHASES).nullable(),
    playbook: z.string().nullable().describe('Name of the RepairPlaybook, in the same namespace.'),
    incident_id: z.string().nullable(),
    anomaly_key: z.string().nullable(),
    alertname: z.string().nullable(),
    summary: z.string().describe('What is done, in one sentence.'),
    tier: z.int().nullable().describe('How far it reaches: 1 the least.'),
    approvers: z.array(z.string()).describe('Whose decision counts; empty: whoever may.'),
    quorum: z.int().describe('How many must approve. The first rejection decides.'),
    requested_at: Time.nullable(),
    expires_at: Time.nullable().describe('Until when it waits.'),
    decisions: z.array(Decision),
    message: z.string().nullable().describe('How the run stands, in one sentence.'),
  })
  .meta({ example: EXAMPLE });

/** What comes too late is told with how it stands. */
export const LateBody = ErrorBody.extend({ approval: ApprovalBody }).meta({
  example: {
    error: 'Conflict',
    message: 'the repair was approved already, and is Succeeded',
    approval: { ...EXAMPLE, status: 'approved', phase: 'Succeeded', message: 'The alert resolved and stayed quiet.' },
  },
});

const ONLY_DRILLS = 'only {"drill":true} can be asked for here: approvals of repairs are asked for by RepairRuns';

export const DrillRequest = z
  .object({ drill: z.literal(true, { error: ONLY_DRILLS }) }, { error: ONLY_DRILLS })
  .meta({ example: { drill: true } });

export const DrillAnswer = z
  .object({ id: z.string(), status: z.enum(SHOWN_STATUSES) })
  .meta({ example: { id: 'drill-abcdefghijklmnopqrstuvwxyz', status: 'pending' } });

/** Strict: whoever writes `by` should learn that it is never taken from there. */
export const DecisionRequest = z
  .strictObject({ reason: z.string().max(1000).exactOptional().describe('Why, for the others.') })
  .meta({ example: { reason: 'the last release leaks memory' } });

export const ListQuery = z.object({
  status: z
    .enum([...SHOWN_STATUSES, 'all'])
    .default('pending')
    .describe('Left out: those that wait. Drills are never listed.'),
});

export const ListBody = z.object({ approvals: z.array(ApprovalBody) }).meta({ example: { approvals: [EXAMPLE] } });
