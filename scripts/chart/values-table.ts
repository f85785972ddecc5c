import { z } from 'zod';
import { ChartValues } from './values.ts';

interface Described {
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly enum?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Described>> | undefined;
}
const Described: z.ZodType<Described> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.string()).optional(),
    properties: z.record(z.string(), Described).optional(),
  }),
);

/** Their names are those of the variables, which docs/configuration.md has. */
const VARIABLES: readonly string[] = ['settings', 'credentials'];

/** Every value of the chart as a Markdown table, for docs/chart.md. */
export function chartTable(): string {
  const schema = Described.parse(z.toJSONSchema(ChartValues, { io: 'input', target: 'draft-7' }));
  return ['| value | default | what it says |', '|---|---|---|', ...rows(schema, '')].join('\n');
}

function rows({ properties = {} }: Described, above: string): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = `${above}${name}`;
    const said = cell([value.description ?? '', ...oneOf(value)].join(' '));
    if (VARIABLES.includes(path)) return [`| \`${path}\` | – | ${said} [Which there are](configuration.md). |`];
    if (hasOwnDefault(value)) return [`| \`${path}\` | ${preset(value.default)} | ${said} |`];
    return [`| \`${path}\` | | ${said} |`, ...rows(value, `${path}.`)];
  });
}

/** Without one, it only holds others that have theirs. */
function hasOwnDefault({ properties = {}, default: value }: Described): boolean {
  const isEmpty = JSON.stringify(value) === '{}';
  return Object.keys(properties).length === 0 || (value !== undefined && !isEmpty);
}

function oneOf({ enum: words }: Described): string[] {
  return words === undefined ? [] : [`One of ${words.map(word => `\`${word}\``).join(', ')}.`];
}

function preset(value: unknown): string {
  const isNothing = value === '' || ['[]', '{}'].includes(JSON.stringify(value));
  return isNothing ? '–' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
