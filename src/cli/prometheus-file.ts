import type { PrometheusAlert } from '../domain/promql/prometheus-rule.ts';
import type { PrometheusRecording, RuleGroup } from '../domain/promql/rule-file.ts';
import { isRecord } from '../domain/text/json.ts';
import type { Fields } from '../domain/text/json-fields.ts';
import type { FieldPath } from './unknown-fields.ts';
import { named, type TextFile, yamlDocuments } from './yaml-file.ts';

type Rule = PrometheusAlert | PrometheusRecording;

export interface ReadGroups {
  readonly groups: readonly RuleGroup[];
  /** Where each rule stands, in the order of the groups. */
  readonly places: readonly string[];
  /** `FILE:LINE:COLUMN: field: sentence`. */
  readonly problems: readonly string[];
}

interface Part {
  readonly value: unknown;
  readonly path: FieldPath;
}

/** What is found on the way down, and where. */
interface Reader {
  readonly place: (path: FieldPath) => string;
  readonly places: string[];
  readonly problems: string[];
}

/**
 * The groups of a Prometheus rule file, and of every PrometheusRule object in a stream of others, such as `helm template` writes it. Objects
 * of other kinds are passed over.
 */
export function readGroups(file: TextFile): ReadGroups {
  const documents = yamlDocuments(file, { scalars: 'text' });
  const places: string[] = [];
  const problems = documents.flatMap(document => (document.ok ? [] : [document.problem]));
  const groups = documents.flatMap(document => {
    if (!document.ok) return [];
    const reader = { place: document.place, places, problems };
    const part = { value: document.value, path: [] };
    if (!isRecord(part.value) || (part.value['kind'] === undefined && !('groups' in part.value))) tell(part, NO_GROUPS, reader);
    return groupLists(part).flatMap(list => groupsOf(list, reader));
  });
  return { groups, places, problems };
}

const NO_GROUPS = 'this is neither a Prometheus rule file (groups:) nor an object with a kind: correct it, or leave it out';

/** Lists of groups, wherever they lie in a document. */
function groupLists({ value, path }: Part): readonly Part[] {
  if (!isRecord(value)) return [];
  const { kind, items, spec } = value;
  if (kind === undefined) return 'groups' in value ? [{ value: value['groups'], path: [...path, 'groups'] }] : [];
  if (kind === 'PrometheusRule')
    return isRecord(spec) && 'groups' in spec ? [{ value: spec['groups'], path: [...path, 'spec', 'groups'] }] : [];
  return typeof kind === 'string' && kind.endsWith('List') ? itemsOf({ value: items, path: [...path, 'items'] }).flatMap(groupLists) : [];
}

function itemsOf({ value, path }: Part): readonly Part[] {
  return Array.isArray(value) ? value.map((item: unknown, n) => ({ value: item, path: [...path, n] })) : [];
}

function groupsOf(list: Part, reader: Reader): readonly RuleGroup[] {
  if (!isListOrNothing(list, reader)) return [];
  return itemsOf(list).flatMap(part => {
    const fields = fieldsOf(part, GROUP, reader);
    if (!fields) return [];
    const rules = { value: fields['rules'], path: [...part.path, 'rules'] };
    const { name = '', interval, query_offset, partial_response_strategy } = textsOf({ value: fields, path: part.path }, reader);
    if (name === '') tell({ ...part, value: undefined }, 'a group needs a name: give it one', reader);
    const limit = Number(fields['limit'] ?? 0);
    const labels = mapOf({ value: fields['labels'], path: [...part.path, 'labels'] }, reader);
    const group: RuleGroup = {
      name,
      ...(interval !== undefined && { interval }),
      ...(query_offset !== undefined && { query_offset }),
      ...(partial_response_strategy !== undefined && { partial_response_strategy }),
      ...(Number.isFinite(limit) && limit !== 0 && { limit }),
      ...(labels && { labels }),
      rules: isListOrNothing(rules, reader) ? itemsOf(rules).flatMap(rule => ruleOf(rule, reader)) : [],
    };
    return [group];
  });
}

const GROUP = ['name', 'interval', 'limit', 'query_offset', 'labels', 'partial_response_strategy', 'rules'];
const RULE = ['alert', 'record', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

function ruleOf(part: Part, reader: Reader): readonly Rule[] {
  const fields = fieldsOf(part, RULE, reader);
  if (!fields) return [];
  const { alert, record, expr = '', for: hold, keep_firing_for } = textsOf({ value: fields, path: part.path }, reader);
  if ((alert === undefined) === (record === undefined)) {
    tell(part, 'a rule is either an alert or a recording rule: give it one of alert and record', reader);
    return [];
  }
  if (expr.trim() === '') {
    tell({ ...part, path: [...part.path, 'expr'] }, 'a rule needs an expression: give it one', reader);
    return [];
  }
  reader.places.push(reader.place(part.path));
  if (alert === undefined) return [{ record: record ?? '', expr }];
  const labels = mapOf({ value: fields['labels'], path: [...part.path, 'labels'] }, reader);
  const annotations = mapOf({ value: fields['annotations'], path: [...part.path, 'annotations'] }, reader);
  return [
    {
      alert,
      expr,
      ...(hold !== undefined && { for: hold }),
      ...(keep_firing_for !== undefined && { keep_firing_for }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  ];
}

function isListOrNothing(part: Part, reader: Reader): boolean {
  const is = Array.isArray(part.value) || part.value === undefined || part.value === '';
  if (!is) tell(part, 'it must be a list', reader);
  return is;
}

/** Prometheus refuses a file with a field that it does not know: it is a slip, such as `anotations`, or no rule of Prometheus. */
function fieldsOf(part: Part, known: readonly string[], reader: Reader): Fields | undefined {
  if (!isRecord(part.value)) {
    tell(part, 'it must be an object', reader);
    return undefined;
  }
  for (const name of Object.keys(part.value)) {
    if (!known.includes(name)) {
      tell({ ...part, path: [...part.path, name] }, `there is no such field: there are ${known.join(', ')}`, reader);
    }
  }
  return part.value;
}

const TEXTS = new Set([
  'name',
  'interval',
  'query_offset',
  'partial_response_strategy',
  'alert',
  'record',
  'expr',
  'for',
  'keep_firing_for',
]);

/** Each field that is to be a text; an empty one is none. */
function textsOf({ value, path }: Part, reader: Reader): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  const given = Object.entries(value).filter(([name]) => TEXTS.has(name));
  return Object.fromEntries(
    given.flatMap(([name, text]): [string, string][] => {
      if (typeof text === 'string') return text === '' ? [] : [[name, text]];
      tell({ value: text, path: [...path, name] }, 'it must be a text', reader);
      return [];
    }),
  );
}

function mapOf({ value, path }: Part, reader: Reader): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === '') return undefined;
  if (!isRecord(value)) {
    tell({ value, path }, 'it must be an object of texts', reader);
    return undefined;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, text]): [string, string][] => {
      if (typeof text === 'string') return [[name, text]];
      tell({ value: text, path: [...path, name] }, 'it must be a text', reader);
      return [];
    }),
  );
}

function tell({ path }: Part, sentence: string, { place, problems }: Reader): void {
  problems.push(`${place(path)}: ${named(path)}${sentence}`);
}
