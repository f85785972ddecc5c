import { type Command, InvalidArgumentError } from 'commander';
import { addOutput, API_HELP, askApi, isIncidentId, jsonText, missingIncident, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT, widthOf } from './deps.ts';
import { traceText } from './output/trace-text.ts';

const TRACE_HELP = `
ALERT is the fingerprint of an alert in Alertmanager or SigNoz, the id of a Sentry issue, the id of an incident, or an alertname.
Examples:
  awoooi trace HighLatency
  awoooi trace inc-07-3f9c0a1b2c4d5
  awoooi trace 9d3fa1bfa9a0ff0c -o json
${API_HELP}`;

/** What the API takes as one part of a path. */
const LONGEST = 256;

/** `awoooi trace ALERT`: 1 where nothing is known of it. */
export function addTrace(program: Command, deps: CliDeps, ended: Ended): void {
  addOutput(program.command('trace').description('say where an alert went: received, deduplicated, incident, deliveries'))
    .argument('<alert>', 'fingerprint, Sentry issue, incident or alertname', alertArgument)
    .addHelpText('after', TRACE_HELP)
    .action(async (alert: string, flags: OutputFlag) => ended(await trace(alert, flags, deps)));
}

function alertArgument(text: string): string {
  if (text.trim() !== '' && Buffer.byteLength(text) <= LONGEST) return text;
  throw new InvalidArgumentError(`Give 1 to ${LONGEST} bytes; of a longer title, the id of its issue or incident.`);
}

function trace(alert: string, { output }: OutputFlag, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const found = await api.trace(alert, signal);
    const known = [found.entries, found.incidents, found.watchdogs].some(list => list.length > 0);
    if (output === 'json') deps.stdout.write(jsonText(found));
    else if (known) deps.stdout.write(traceText(found, widthOf(deps.stdout)));
    if (known) return EXIT.passed;
    if (isIncidentId(alert)) return missingIncident(alert, deps);
    deps.stderr.write(
      `nothing is known of ${JSON.stringify(alert)}: it never came here, was refused (the log of the sender says so), or is forgotten by age. ` +
        'Drills, canaries and test notifications are answered and not traced: what came of them says the status of their AlertChainProbe. ' +
        'Whether the way is open says `awoooi probe run`; the page of the sender in docs/senders says what it has to be set to\n',
    );
    return EXIT.failed;
  });
}
