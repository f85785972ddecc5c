import type { ApprovalView } from '../../domain/approvals/approval-view.ts';
import { columns, plain } from './columns.ts';

const HEAD = ['RUN', 'PHASE', 'TIER', 'ALERT', 'ASKED', 'DECIDED BY', 'WHAT'] as const;

/** For people: a line for each repair. */
export function approvalTable(approvals: readonly ApprovalView[]): string {
  return columns([HEAD, ...approvals.map(cells)]);
}

function cells(approval: ApprovalView): readonly string[] {
  const { namespace, run, phase, tier, alertname, requested_at: asked, summary } = approval;
  return [
    plain(`${namespace ?? '-'}/${run ?? '-'}`),
    phase ?? '-',
    `${tier ?? '-'}`,
    plain(alertname ?? '-', 24),
    asked === null ? '-' : asked.slice(5, 19).replace('T', ' '),
    plain(decidedBy(approval).join(', ') || '-', 40),
    plain(summary, 80),
  ];
}

/** One rejection decides, whoever had approved before. */
function decidedBy({ phase, decisions }: ApprovalView): string[] {
  const counted = phase === 'Rejected' ? decisions.filter(({ decision }) => decision === 'Reject') : decisions;
  return counted.map(({ by, name }) => name ?? by);
}
