import { type Command, InvalidArgumentError, Option } from 'commander';
import { PortError } from '../domain/ports/port-error.ts';
import type { RepairApi } from '../domain/ports/repair-api.ts';
import type { IncidentApi } from '../domain/ports/incident-api.ts';
import { type ApiSession, type CliDeps, EXIT } from './deps.ts';
import { plain } from './output/columns.ts';

/** What a command that asks the operator needs of it. */
export interface Asking {
  readonly api: IncidentApi;
  readonly repairs: RepairApi;
  readonly signal: AbortSignal;
}

export interface OutputFlag {
  readonly output: 'table' | 'json';
}

export const API_HELP = `
The operator is asked at AWOOOI_API_BASE (default http://localhost:8000) with the token AWOOOI_API_TOKEN, one of its AWOOOI_API_TOKENS.
From outside of the cluster: kubectl -n awoooi-system port-forward service/awoooi-operator 8000
Exit status: 0 done, 1 not found or the operator could not do it, 2 the arguments or settings are wrong.`;

const ASK_WITHIN_MS = 60_000;
const LONGEST_SHOWN = 60;

/** Opens the operator's API for one command, and says what to do where it does not answer as it should. */
export async function askApi(deps: CliDeps, command: (asking: Asking) => Promise<number>): Promise<number> {
  const opened = deps.openApi();
  if (!opened.ok) {
    for (const problem of opened.problems) deps.stderr.write(`${problem}\n`);
    return EXIT.wrongInput;
  }
  const session = opened.value;
  try {
    return await command({
      api: session.incidents,
      repairs: session.repairs,
      signal: AbortSignal.any([deps.signal, AbortSignal.timeout(ASK_WITHIN_MS)]),
    });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    deps.stderr.write(`${err.message}; ${advice(err, session)}\n`);
    return EXIT.failed;
  } finally {
    await session.close();
  }
}

function advice({ fault, detail }: PortError, { apiBase, hasApiToken }: ApiSession): string {
  if (fault === 'unauthorized') {
    return `${hasApiToken ? 'AWOOOI_API_TOKEN is not known there' : 'AWOOOI_API_TOKEN is not set'}: set it to one of the operator's AWOOOI_API_TOKENS`;
  }
  if (fault === 'forbidden') return "ask for a role with this nonResourceURL, or use one of the operator's AWOOOI_API_TOKENS";
  if (detail === 'tls') return `AWOOOI_API_BASE is ${apiBase}: correct it`;
  if (fault === 'unsupported')
    return `AWOOOI_API_BASE is ${apiBase}: set it to where the API is, port 8000 unless AWOOOI_API_PORT says otherwise`;
  if (fault === 'unreachable') return `is the operator running, and is it at ${apiBase}? AWOOOI_API_BASE says where`;
  if (fault === 'unavailable' || fault === 'rate-limited') return 'try again in a moment';
  return `is ${apiBase} an operator of this version? AWOOOI_API_BASE says where`;
}

export function addOutput(command: Command): Command {
  return command.addOption(new Option('-o, --output <format>', 'how it is printed').choices(['table', 'json']).default('table'));
}

/** For machines: in the words of the API. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const INCIDENT_ID = /^inc-\d\d-[a-z0-9]{13}$/;

export function isIncidentId(text: string): boolean {
  return INCIDENT_ID.test(text);
}

export function incidentIdArgument(text: string): string {
  if (isIncidentId(text)) return text;
  const given = text === '' ? 'an empty text' : plain(text, LONGEST_SHOWN);
  throw new InvalidArgumentError(`${given} is no id of an incident, such as inc-07-3f9c0a1b2c4d5; \`awoooi incidents list\` shows them.`);
}

/** Says of an incident that it is not there. */
export function missingIncident(id: string, { stderr }: CliDeps): number {
  stderr.write(`there is no incident ${id}: it never was, or is forgotten by age; \`awoooi incidents list\` shows those there are\n`);
  return EXIT.failed;
}
