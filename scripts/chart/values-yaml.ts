import { stringify } from 'yaml';
import { z } from 'zod';

/** What is read here of a JSON schema. */
interface Described {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

const Node: z.ZodType<Described> = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

const WIDTH = 140;

/** Of a JSON schema of values: each with its default, below what it does. What has no default stands there as a comment. */
export function valuesYaml(schema: unknown, depth = 0): string {
  const { properties = {} } = Node.parse(schema);
  const blocks = Object.entries(properties).map(([name, property]) => block(name, Node.parse(property), depth));
  return depth === 0 ? blocks.join('\n') : blocks.join('');
}

function block(name: string, node: Described, depth: number): string {
  const indent = '  '.repeat(depth);
  const comment = wrapped(node.description ?? '', WIDTH - indent.length - 2).map(line => `${indent}# ${line}\n`);
  return comment.join('') + valueOf(name, node, depth);
}

function valueOf(name: string, node: Described, depth: number): string {
  const indent = '  '.repeat(depth);
  const { properties, default: preset } = node;
  if (preset === undefined) return `${indent}# ${name}:\n`;
  if (properties === undefined || !isEmpty(preset)) return lines({ [name]: preset }, indent);
  const within = valuesYaml(node, depth + 1);
  // With nothing but optional values in it, the object itself has to stand there.
  return within.split('\n').every(line => line === '' || line.trimStart().startsWith('#'))
    ? `${indent}${name}: {}\n${within}`
    : `${indent}${name}:\n${within}`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function lines(value: unknown, indent: string): string {
  // Helm reads YAML 1.1, in which a bare `on` is a truth.
  const text = stringify(value, { lineWidth: 0, singleQuote: true, version: '1.1' });
  return text.replaceAll(/^(?=.)/gm, indent);
}

function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const last = rows.at(-1);
    if (last !== undefined && last.length + word.length < width) rows[rows.length - 1] = `${last} ${word}`;
    else if (word !== '') rows.push(word);
  }
  return rows;
}
