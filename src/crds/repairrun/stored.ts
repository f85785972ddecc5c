import { z } from 'zod';
import { kindReader } from '../kind-reader.ts';
import type { CustomObject } from '../object.ts';
import { REPAIR_RUN } from './kind.ts';
import { RepairRunSpec } from './spec.ts';
import { ENDED_PHASES, RepairRunStatus } from './status.ts';

const { conditions, phase, steps, approvals, approvalId, requestedAt, expiresAt, startedAt, finishedAt, learned } = RepairRunStatus.shape;

/** Each field by itself: what can be read survives what cannot. */
const Kept = z.object({
  conditions: conditions.catch(undefined),
  phase: phase.catch(undefined),
  steps: steps.catch(undefined),
  approvals: approvals.catch(undefined),
  approvalId: approvalId.catch(undefined),
  requestedAt: requestedAt.catch(undefined),
  expiresAt: expiresAt.catch(undefined),
  startedAt: startedAt.catch(undefined),
  finishedAt: finishedAt.catch(undefined),
  learned: learned.catch(undefined),
});

/** These keep a step from being done twice, and a run from being done that somebody rejected. */
const DECISIVE = z.object({ phase, steps, approvals });

const UNREADABLE =
  'What was done so far cannot be read, so nothing more is done: another version of the operator wrote it. Read the status with kubectl, and make a new run if the repair is still needed.';

/**
 * A status of another version, as far as it can be read. Where it cannot be told any more what was done, the run must not count as one
 * that has yet to begin: it has ended as Unknown, which nothing goes on from and nothing is learned from.
 */
function partlyRead(value: unknown): RepairRunStatus {
  const kept = Kept.safeParse(value).data ?? {};
  const ended = kept.phase !== undefined && ENDED_PHASES.includes(kept.phase);
  return ended || DECISIVE.safeParse(value).success ? kept : { ...kept, phase: 'Unknown', message: UNREADABLE };
}

const StoredStatus = RepairRunStatus.catch(({ value }) => partlyRead(value));

/** How objects of this kind are read. */
export const READER = kindReader({ names: REPAIR_RUN, spec: RepairRunSpec, status: StoredStatus });

/** An object as the cache holds it, its spec not yet read: one stored under an older schema need not be valid today. */
export type StoredRepairRun = CustomObject<unknown, RepairRunStatus>;

/** What is cached of an object; throws where it is none of Kubernetes' own shape. */
export const storedRepairRun = READER.stored;
