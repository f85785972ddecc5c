import { createHash } from 'node:crypto';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { IncidentRepair } from '../incidents/incident.ts';
import { recordedDecision } from './decision.ts';
import { summaryOf } from '../playbook/summary.ts';
import { hasEnded } from './next-run-step.ts';
import { tierOfSteps, waitsForPeople } from './steps-of.ts';

const LONGEST_SUMMARY = 500;

/** What the incident of a run shows of it; undefined where it has none, or nothing was decided yet. */
export function shownRepair(run: RepairRun, now: Date): IncidentRepair | undefined {
  const { spec, metadata, status = {} } = run;
  const { approvalId, phase, message = '', expiresAt } = status;
  if (spec.incidentId === undefined || approvalId === undefined || phase === undefined) return undefined;
  const waitsFor = waiting(run);
  const by = deciders(run);
  return {
    approvalId,
    run: `${metadata.namespace}/${metadata.name}`,
    playbook: spec.playbookRef.name,
    summary: doneBy(run),
    tier: tierOfSteps(spec.steps),
    phase,
    detail: message,
    ...(waitsFor && { waitsFor }),
    ...(waitsFor === 'approval' && expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    ...(by !== undefined && { by }),
    updatedAt: now,
  };
}

/** Undefined while nothing is decided, and where nobody did. */
function deciders({ spec, status = {} }: RepairRun): string | undefined {
  const { phase, approvals = [] } = status;
  if (phase === 'AwaitingApproval' || phase === 'Expired') return undefined;
  const decision = recordedDecision({ spec, status });
  if (decision.is === 'rejected') return decision.by;
  if (decision.is === 'approved') return decision.by.join(', ');
  return approvals.some(({ via }) => via === 'gate') ? 'gate' : undefined;
}

/** The same for the same content, whenever it is shown. */
export function shownHash(repair: IncidentRepair): string {
  const { updatedAt: _, ...content } = repair;
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** What is done, in the words of the plans where there are any. */
function doneBy({ spec, status }: RepairRun): string {
  const texts = spec.steps.map(
    (step, index) => status?.steps?.find(record => record.index === index)?.intent?.summary ?? summaryOf([step]),
  );
  return texts.join('; ').slice(0, LONGEST_SUMMARY);
}

function waiting({ status = {} }: RepairRun): IncidentRepair['waitsFor'] {
  if (hasEnded(status.phase) || status.verdict) return undefined;
  if (status.phase === 'AwaitingApproval') return 'approval';
  const open = (status.steps ?? []).some(
    ({ action, effectTime, deed, answer }) => waitsForPeople(action) && effectTime !== undefined && !deed && !answer,
  );
  return open ? 'people' : undefined;
}
