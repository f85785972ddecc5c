import { withCaret } from '../promql/caret.ts';
import type { Refusal } from '../promql/note.ts';

/** Why a spec cannot be said in SigNoz' words. */
export interface RefusedRule {
  readonly ok: false;
  readonly reason: 'InvalidQuery' | 'UntranslatableTemplate' | 'InvalidRule';
  readonly message: string;
}

const OF_TEMPLATES: ReadonlySet<Refusal['code']> = new Set<Refusal['code']>([
  'InvalidTemplate',
  'UnknownFunction',
  'UnknownVariable',
  'UnknownField',
  'ValueComputed',
]);

/** All refusals as one, the query first: its place is shown by a caret under the text that it is in. */
export function refused(refusals: readonly Refusal[], texts: Readonly<Record<string, string>>): RefusedRule {
  const query = refusals.find(({ code }) => code === 'InvalidQuery');
  const reason = query ? 'InvalidQuery' : refusals.every(({ code }) => OF_TEMPLATES.has(code)) ? 'UntranslatableTemplate' : 'InvalidRule';
  const ordered = query ? [query, ...refusals.filter(other => other !== query)] : refusals;
  return { ok: false, reason, message: ordered.map(refusal => sentence(refusal, texts)).join('\n') };
}

function sentence({ field, message, problem }: Refusal, texts: Readonly<Record<string, string>>): string {
  const text = texts[field];
  if (problem && text !== undefined) return `${field}: ${withCaret(text, problem)}`;
  return message.endsWith('.') ? message : `${message}.`;
}
