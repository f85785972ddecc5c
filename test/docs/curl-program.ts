import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** `curl` with the options that the pages and examples use, for machines that have none. Prints the body, or with -w the status. */
const { values, positionals } = parseArgs({
  options: {
    silent: { type: 'boolean', short: 's' },
    'show-error': { type: 'boolean', short: 'S' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    'data-urlencode': { type: 'string', multiple: true, default: [] },
    config: { type: 'string', short: 'K' },
    'max-time': { type: 'string' },
    retry: { type: 'string' },
    output: { type: 'string', short: 'o' },
    'write-out': { type: 'string', short: 'w' },
  },
  allowPositionals: true,
});

/** From `url = "…"` on standard input, as `--config -` reads it. */
function configured(): string {
  return /^url = "(.*)"$/m.exec(readFileSync(0, 'utf8'))?.[1] ?? '';
}

/** `name=text` each; curl encodes the text alone. */
function form(fields: readonly string[]): URLSearchParams {
  return new URLSearchParams(
    fields.map((field): [string, string] => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
}

const url = values.config === '-' ? configured() : (positionals[0] ?? '');
const body = values.data ?? (values['data-urlencode'].length > 0 ? form(values['data-urlencode']) : undefined);
const headers = values.header.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
const answer = await fetch(url, { headers, ...(body !== undefined && { method: 'POST', body }) });
const text = await answer.text();
process.stdout.write(values['write-out'] === undefined ? text : String(answer.status));
