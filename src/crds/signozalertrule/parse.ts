import { z } from 'zod';
import { type ParsedObject, parsedObject } from '../parsed-object.ts';
import { WrittenMeta } from '../stored-meta.ts';
import { SIGNOZ_ALERT_RULE, type SignozAlertRule } from './kind.ts';
import { SignozAlertRuleSpec } from './spec.ts';
import { StoredStatus } from './stored.ts';

const AlertRule = z.object({
  apiVersion: z.literal(`${SIGNOZ_ALERT_RULE.group}/${SIGNOZ_ALERT_RULE.version}`),
  kind: z.literal(SIGNOZ_ALERT_RULE.kind),
  metadata: WrittenMeta,
  spec: SignozAlertRuleSpec,
  status: StoredStatus.exactOptional(),
});

/** An object of any origin as a typed rule with all defaults, or everything that is wrong with it. */
export function parseSignozAlertRule(object: unknown): ParsedObject<SignozAlertRule> {
  return parsedObject(AlertRule, object);
}
