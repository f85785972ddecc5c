import { isRecord } from '../text/json.ts';
import type { PromqlSyntax } from '../ports/promql-syntax.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { translatedTexts } from '../promql/foreign-texts.ts';
import type { Refusal } from '../promql/note.ts';
import { refused, type RefusedRule } from './refused-rule.ts';

/**
 * A rule in the long form, once its queries are PromQL and its texts are templates that SigNoz expands: it would store others with 201 and
 * never evaluate them, or write an error into the notification.
 */
export function heldToSignoz(body: RuleBody, syntax: PromqlSyntax): { readonly ok: true; readonly body: RuleBody } | RefusedRule {
  const queries = promqlOf(body);
  const labels = translatedTexts('labels', textsIn(body['labels']));
  const annotations = translatedTexts('annotations', textsIn(body['annotations']));
  const refusals = [...queries.flatMap(query => invalid(query, syntax)), ...labels.refusals, ...annotations.refusals];
  if (refusals.length > 0) return refused(refusals, Object.fromEntries(queries.map(({ field, text }) => [field, text])));
  const texts = {
    ...(body['labels'] !== undefined && { labels: labels.texts }),
    ...(body['annotations'] !== undefined && { annotations: annotations.texts }),
  };
  return { ok: true, body: { ...body, ...texts } };
}

interface Query {
  readonly field: string;
  readonly text: string;
}

function promqlOf({ condition }: RuleBody): readonly Query[] {
  const composite = isRecord(condition) ? condition['compositeQuery'] : undefined;
  const queries = isRecord(composite) ? composite['queries'] : undefined;
  if (!Array.isArray(queries)) return [];
  return queries.flatMap((query: unknown, index) => {
    const spec = isRecord(query) && query['type'] === 'promql' ? query['spec'] : undefined;
    const text = isRecord(spec) ? spec['query'] : undefined;
    return typeof text === 'string' ? [{ field: `condition.compositeQuery.queries[${index}].spec.query`, text }] : [];
  });
}

function invalid({ field, text }: Query, syntax: PromqlSyntax): readonly Refusal[] {
  const read = syntax.read(text);
  if (read.ok) return [];
  return read.problems.map(problem => ({ code: 'InvalidQuery', field, message: `${field}: ${problem.message}`, problem }));
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text] as const] : [])));
}
