import { isDeepStrictEqual } from 'node:util';
import { jsonOf, Refusal } from './signoz-answers.ts';
import { fieldsOf, isJson, type Json } from './signoz-go.ts';
import { type Rule, readRule } from './signoz-rule.ts';
import { validate } from './signoz-rule-verdict.ts';

/** PATCH decodes onto the stored struct: maps and structs merge, lists and the spec of an evaluation are replaced whole. */
export function patched(stored: Json, patch: unknown): Json {
  // Go's decoder would have complained of anything but an object or null.
  fieldsOf(patch, 'PostableRule');
  return isJson(patch) ? merged(stored, patch) : stored;
}

function merged(stored: Json, patch: Json): Json {
  const result: Record<string, unknown> = { ...stored };
  for (const [name, value] of Object.entries(patch)) {
    const before = stored[name];
    // Null empties a map, a list or a struct behind a pointer, and does nothing to a text, a number or a flag.
    if (value === null) {
      if (typeof before === 'object') delete result[name];
    } else result[name] = isJson(before) && isJson(value) && name !== 'spec' ? merged(before, value) : value;
  }
  return result;
}

/** Whether the rule's alerts stay what they are: `CopyState` looks at name and labels alone. */
export function sameToAlerts(before: Rule, after: Rule): boolean {
  return before.alert === after.alert && isDeepStrictEqual(before.labels, after.labels);
}

const PANIC = 'An unexpected error occurred. Please retry, and if the issue persists, contact support.';

/** The rule in the body of a test, which loses the reason of what cannot be read, and panics without labels to write into. */
export function testable(body: string): Rule {
  const rule = readable(body);
  validate(rule);
  const writesLabels = rule.ruleType === 'threshold_rule' || rule.ruleType === 'anomaly_rule';
  const given = jsonOf(body);
  const hasLabels = isJson(given) && isJson(given['labels']);
  if (writesLabels && !hasLabels) throw new Refusal(PANIC, { status: 500, code: 'fatal' });
  return rule;
}

function readable(body: string): Rule {
  try {
    return readRule(jsonOf(body));
  } catch {
    throw new Refusal('failed to unmarshal rule');
  }
}
