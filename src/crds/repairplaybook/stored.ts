import { z } from 'zod';
import { Condition } from '../conditions.ts';
import { kindReader } from '../kind-reader.ts';
import type { CustomObject } from '../object.ts';
import { REPAIR_PLAYBOOK } from './kind.ts';
import { RepairPlaybookSpec } from './spec.ts';
import { RepairPlaybookStatus, TRUSTS } from './status.ts';

/** What a person has decided must survive whatever else cannot be read: that a quarantine was ended, and that there is one. */
const Kept = z.object({
  conditions: z.array(Condition).optional().catch(undefined),
  trust: z.enum(TRUSTS).optional().catch(undefined),
  releasedAt: z.string().optional().catch(undefined),
  releasedSteps: z.string().optional().catch(undefined),
  lastHandledRelease: z.string().optional().catch(undefined),
});

/** A status of another version is ours to write anew, and no reason to pass over the object. */
const StoredStatus = RepairPlaybookStatus.catch(({ value }) => Kept.safeParse(value).data ?? {});

/** How objects of this kind are read. */
export const READER = kindReader({ names: REPAIR_PLAYBOOK, spec: RepairPlaybookSpec, status: StoredStatus });

/** An object as the cache holds it, its spec not yet read: one stored under an older schema need not be valid today. */
export type StoredRepairPlaybook = CustomObject<unknown, RepairPlaybookStatus>;

/** What is cached of an object; throws where it is none of Kubernetes' own shape. */
export const storedRepairPlaybook = READER.stored;
