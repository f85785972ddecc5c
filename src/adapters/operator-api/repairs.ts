import { z } from 'zod';
import { DECISIONS } from '../../crds/repairrun/spec.ts';
import { APPROVED_BY_WAY, RUN_PHASES } from '../../crds/repairrun/status.ts';
import { SHOWN_STATUSES } from '../../domain/approvals/approval-view.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import type { RepairApi } from '../../domain/ports/repair-api.ts';
import { type ApiCall, apiCall, type OperatorApi } from './operator-api.ts';

const CALL_MS = 15_000;
const TOO_OLD = 'this operator repairs nothing: bring it up to date, or set AWOOOI_API_BASE to the one that does';

const Text = z.string().nullable();

const Approval = z.object({
  id: z.string(),
  status: z.enum(SHOWN_STATUSES),
  drill: z.boolean(),
  namespace: Text,
  run: Text,
  phase: z.enum(RUN_PHASES).nullable(),
  playbook: Text,
  incident_id: Text,
  anomaly_key: Text,
  alertname: Text,
  summary: z.string(),
  tier: z.number().nullable(),
  approvers: z.array(z.string()),
  quorum: z.number(),
  requested_at: Text,
  expires_at: Text,
  decisions: z.array(
    z.object({ by: z.string(), via: z.enum(APPROVED_BY_WAY), decision: z.enum(DECISIONS), reason: Text, name: Text, time: z.string() }),
  ),
  message: Text,
});
const Approvals = z.object({ approvals: z.array(Approval) });

const Pause = z.object({
  paused: z.boolean(),
  requests: z.array(z.object({ by: z.string(), reason: z.string(), since: z.string() })),
});

/** Repairs by way of an operator's API. */
export function operatorRepairs(api: OperatorApi): RepairApi {
  const call = async <T>(asked: Omit<ApiCall<T>, 'deadlineMs'>, signal: AbortSignal): Promise<T> => {
    const answer = await apiCall(api, { ...asked, deadlineMs: CALL_MS }, signal).catch((err: unknown) => elsewhere(err));
    if (answer === undefined) throw new PortError('unsupported', TOO_OLD);
    return answer;
  };
  return {
    approvals: async (status, signal) =>
      (await call({ method: 'GET', path: `/api/v1/approvals?status=${status}`, answer: Approvals }, signal)).approvals,
    paused: signal => call({ method: 'GET', path: '/api/v1/repairs/pause', answer: Pause }, signal),
    pause: (reason, signal) => call({ method: 'POST', path: '/api/v1/repairs/pause', body: { reason }, answer: Pause }, signal),
    resume: signal => call({ method: 'POST', path: '/api/v1/repairs/resume', answer: Pause }, signal),
  };
}

/** A path that every operator with repairs has. */
function elsewhere(err: unknown): never {
  if (err instanceof PortError && err.statusCode === 404) throw new PortError('unsupported', TOO_OLD, { cause: err });
  throw err;
}
