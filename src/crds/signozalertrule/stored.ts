import { z } from 'zod';
import { Condition } from '../conditions.ts';
import type { CustomObject } from '../object.ts';
import { StoredMeta } from '../stored-meta.ts';
import { SignozAlertRuleStatus } from './status.ts';

/** What says where the rule is must survive whatever else cannot be read. */
const Kept = z.object({
  conditions: z.array(Condition).optional().catch(undefined),
  ruleId: z.string().optional().catch(undefined),
});

/** A status of another version is ours to write anew, and no reason to pass over the object. */
export const StoredStatus = SignozAlertRuleStatus.catch(({ value }) => Kept.safeParse(value).data ?? {});

const Stored = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: StoredMeta,
  spec: z.unknown(),
  status: StoredStatus.exactOptional(),
});

/** A rule as the cache holds it, its spec not yet read: an object stored under an older schema need not be valid today. */
export type StoredSignozAlertRule = CustomObject<unknown, SignozAlertRuleStatus>;

/** What is cached of a rule; throws where the object is none of Kubernetes' own shape. */
export function storedSignozAlertRule(object: unknown): StoredSignozAlertRule {
  return Stored.parse(object);
}
