import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RuleGroup } from '../../src/domain/promql/rule-file.ts';

const Texts = z.record(z.string(), z.string());
const Alert = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().exactOptional(),
  keep_firing_for: z.string().exactOptional(),
  labels: Texts.exactOptional(),
  annotations: Texts.exactOptional(),
});
const Recording = z.object({ record: z.string(), expr: z.string() });
const Group = z.object({
  name: z.string(),
  interval: z.string().exactOptional(),
  limit: z.number().exactOptional(),
  query_offset: z.string().exactOptional(),
  labels: Texts.exactOptional(),
  rules: z.array(z.union([Alert, Recording])),
});

/** The text of one of the rule files of test/fixtures/rules, and its groups. */
export function ruleFile(name: string): { readonly text: string; readonly groups: readonly RuleGroup[] } {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/rules', name), 'utf8');
  return { text, groups: z.object({ groups: z.array(Group) }).parse(parse(text)).groups };
}
