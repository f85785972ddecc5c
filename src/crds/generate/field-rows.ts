import type { StructuralNode } from './structural.ts';

/** One field of a schema, for people. */
export interface FieldRow {
  /** For example `hops[].alertmanager.urls`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As YAML would write it in one line; undefined where there is none. */
  readonly default: string | undefined;
  readonly description: string;
  /** What the schema and its rules hold the value to, as sentences. */
  readonly limits: readonly string[];
}

/** All fields below a node, parents before their children. */
export function fieldRows(node: StructuralNode, path = ''): FieldRow[] {
  const required = [...strings(node['required']), ...needed(node)];
  return Object.entries(nodes(node['properties'])).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [row(at, field, required.includes(name)), ...below(at, field)];
  });
}

/** Fields for which a rule asks in words of its own. */
function needed(node: StructuralNode): readonly string[] {
  const rules = list(node['x-kubernetes-validations']).filter(rule => Reflect.get(Object(rule), 'reason') === 'FieldValueRequired');
  return strings(rules.map(rule => Reflect.get(Object(rule), 'fieldPath'))).map(path => path.slice(1));
}

/** The rows as a Markdown table. */
export function fieldTable(rows: readonly FieldRow[]): string {
  const lines = rows.map(row => {
    const given = row.default === undefined ? (row.required ? 'required' : '–') : `\`${row.default}\``;
    return `| \`${row.path}\` | ${row.type} | ${given} | ${cell([row.description, ...row.limits].join(' '))} |`;
  });
  return ['| field | type | default | what it says |', '|---|---|---|---|', ...lines].join('\n');
}

function below(path: string, field: StructuralNode): FieldRow[] {
  const items = nodes({ items: field['items'] })['items'];
  return items ? fieldRows(items, `${path}[]`) : fieldRows(field, path);
}

function row(path: string, field: StructuralNode, required: boolean): FieldRow {
  const preset: unknown = field['default'];
  return {
    path,
    type: typeName(field),
    required,
    default: preset === undefined ? undefined : JSON.stringify(preset).replace(/^"(.+)"$/, '$1'),
    description: strings([field['description']]).join(''),
    limits: limits(field),
  };
}

function typeName(field: StructuralNode): string {
  const choices = strings(field['enum']);
  if (choices.length > 0) return choices.map(choice => choice || '""').join(', ');
  const { items, values } = nodes({ items: field['items'], values: field['additionalProperties'] });
  if (items) return `list of ${typeName(items)}`;
  const [named = 'any value'] = strings([field['format'], field['type']]);
  return values ? `map of ${typeName(values)}` : named;
}

const BOUNDS: readonly (readonly [key: string, words: string])[] = [
  ['minimum', 'At least'],
  ['maximum', 'At most'],
  ['minItems', 'Entries: at least'],
  ['maxItems', 'Entries: at most'],
  ['maxLength', 'Characters: at most'],
  ['maxProperties', 'Entries: at most'],
];

function limits(field: StructuralNode): string[] {
  // That a field is needed, its own row says.
  const own = list(field['x-kubernetes-validations']).filter(rule => Reflect.get(Object(rule), 'reason') === undefined);
  const messages = own.flatMap(rule => strings([Reflect.get(Object(rule), 'message')]));
  const rules = [...new Set(messages)].filter(message => !(DURATION.test(message) && messages.some(other => BETWEEN.test(other))));
  // A rule on a text says all that its greatest length would.
  const bounds = BOUNDS.filter(([key]) => key !== 'maxLength' || rules.length === 0);
  return [
    ...bounds.flatMap(([key, words]) => (typeof field[key] === 'number' ? [`${words} ${field[key]}.`] : [])),
    ...rules.map(message => `${asSentence(message)}.`),
  ];
}

/** The name of a field stays as it is written. */
function asSentence(message: string): string {
  return /^[a-z]+ /.test(message) ? `${message.charAt(0).toUpperCase()}${message.slice(1)}` : message;
}

/** A duration with bounds need not say again what a duration is. */
const DURATION = /^must be a duration of /;
const BETWEEN = /^must be a duration from /;

function cell(text: string): string {
  const line = text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
  // What stands between backticks is shown as it is.
  const parts = line.split(/(`[^`]*`)/);
  return parts.map((part, n) => (n % 2 === 1 ? part : part.replaceAll(/[*_<>]/g, String.raw`\$&`))).join('');
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): readonly string[] {
  return list(value).filter(entry => typeof entry === 'string');
}

/** The entries of an object that are schema nodes. */
function nodes(value: unknown): Readonly<Record<string, StructuralNode>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => typeof entry === 'object' && entry !== null));
}
