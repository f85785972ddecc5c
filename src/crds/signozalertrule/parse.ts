import { z } from 'zod';
import { type ParsedObject, parsedObject } from '../parsed-object.ts';
import { WrittenMeta } from '../stored-meta.ts';
import { SIGNOZ_ALERT_RULE, type SignozAlertRule } from './kind.ts';
import { SignozAlertRuleSpec } from './spec.ts';
import { StoredStatus, type StoredSignozAlertRule } from './stored.ts';

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

const OnlySpec = z.object({ spec: SignozAlertRuleSpec });

/** The same of an object as the cache holds it, of which only the spec is still to be read. */
export function readStored(stored: StoredSignozAlertRule): ParsedObject<SignozAlertRule> {
  const read = parsedObject(OnlySpec, stored);
  return read.ok ? { ok: true, object: { ...stored, spec: read.object.spec } } : read;
}
