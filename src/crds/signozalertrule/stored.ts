import { z } from 'zod';
import { Condition } from '../conditions.ts';
import { kindReader } from '../kind-reader.ts';
import type { CustomObject } from '../object.ts';
import { SIGNOZ_ALERT_RULE } from './kind.ts';
import { SignozAlertRuleSpec } from './spec.ts';
import { SignozAlertRuleStatus } from './status.ts';

/** What says where the rule is must survive whatever else cannot be read. */
const Kept = z.object({
  conditions: z.array(Condition).optional().catch(undefined),
  ruleId: z.string().optional().catch(undefined),
});

/** A status of another version is ours to write anew, and no reason to pass over the object. */
const StoredStatus = SignozAlertRuleStatus.catch(({ value }) => Kept.safeParse(value).data ?? {});

/** How objects of this kind are read. */
export const READER = kindReader({ names: SIGNOZ_ALERT_RULE, spec: SignozAlertRuleSpec, status: StoredStatus });

/** An object as the cache holds it, its spec not yet read: one stored under an older schema need not be valid today. */
export type StoredSignozAlertRule = CustomObject<unknown, SignozAlertRuleStatus>;

/** What is cached of an object; throws where it is none of Kubernetes' own shape. */
export const storedSignozAlertRule = READER.stored;
