import { z } from 'zod';
import { Condition } from '../conditions.ts';
import type { CustomObject } from '../object.ts';
import { StoredMeta } from '../stored-meta.ts';
import { RepairPlaybookStatus } from './status.ts';

const Kept = z.object({ conditions: z.array(Condition).optional().catch(undefined) });

/** A status of another version is ours to write anew, and no reason to pass over the object. */
export const StoredStatus = RepairPlaybookStatus.catch(({ value }) => Kept.safeParse(value).data ?? {});

const Stored = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: StoredMeta,
  spec: z.unknown(),
  status: StoredStatus.exactOptional(),
});

/** An object as the cache holds it, its spec not yet read: one stored under an older schema need not be valid today. */
export type StoredRepairPlaybook = CustomObject<unknown, RepairPlaybookStatus>;

/** What is cached of an object; throws where it is none of Kubernetes' own shape. */
export function storedRepairPlaybook(object: unknown): StoredRepairPlaybook {
  return Stored.parse(object);
}
