import { parseArgs } from 'node:util';

/** `curl` with the options that the pages use, for machines that have none. Prints the body, or with -w the status. */
const { values, positionals } = parseArgs({
  options: {
    silent: { type: 'boolean', short: 's' },
    'show-error': { type: 'boolean', short: 'S' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    data: { type: 'string', short: 'd' },
    output: { type: 'string', short: 'o' },
    'write-out': { type: 'string', short: 'w' },
  },
  allowPositionals: true,
});
const headers = values.header.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
const answer = await fetch(positionals[0] ?? '', { headers, ...(values.data !== undefined && { method: 'POST', body: values.data }) });
const body = await answer.text();
process.stdout.write(values['write-out'] === undefined ? body : String(answer.status));
