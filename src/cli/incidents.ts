import { type Command, InvalidArgumentError, Option } from 'commander';
import { ALERT_SOURCES, SEVERITIES } from '../domain/alerts/alert.ts';
import { INCIDENT_STATUSES } from '../domain/incidents/incident.ts';
import type { IncidentView } from '../domain/incidents/incident-view.ts';
import type { IncidentFilter } from '../domain/ports/incident-api.ts';
import { addOutput, API_HELP, askApi, incidentIdArgument, jsonText, missingIncident, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT, widthOf } from './deps.ts';
import { plain } from './output/columns.ts';
import { incidentTable } from './output/incident-table.ts';
import { incidentText } from './output/incident-text.ts';

const LIST_HELP = `
Examples:
  awoooi incidents list --status open --severity critical
  awoooi incidents list --source sentry --limit 200 -o json | jq -r '.incidents[].id'
${API_HELP}`;

/** `awoooi incidents …`. */
export function addIncidents(program: Command, deps: CliDeps, ended: Ended): void {
  const incidents = program.command('incidents').description('read incidents, acknowledge and resolve them');
  addOutput(incidents.command('list').description('incidents, newest first'))
    .addOption(new Option('--status <status>', 'only of this status').choices(INCIDENT_STATUSES))
    .addOption(new Option('--source <source>', 'only from this sender').choices(ALERT_SOURCES))
    .addOption(new Option('--severity <severity>', 'only of this severity').choices(SEVERITIES))
    .option('--alertname <name>', 'only of this alert')
    .addOption(new Option('--limit <count>', 'at most so many, 1 to 1000').argParser(count).default(50))
    .addHelpText('after', LIST_HELP)
    .action(async (flags: IncidentFilter & OutputFlag) => ended(await list(flags, deps)));
  addOutput(incidents.command('show').description('one incident with its timeline and deliveries'))
    .argument('<id>', 'the incident, such as inc-07-3f9c0a1b2c4d5', incidentIdArgument)
    .addHelpText('after', API_HELP)
    .action(async (id: string, flags: OutputFlag) => ended(await show(id, flags, deps)));
  for (const [command, change, description] of CHANGES) {
    incidents
      .command(command)
      .description(description)
      .argument('<id>', 'the incident', incidentIdArgument)
      .addHelpText('after', API_HELP)
      .action(async (id: string) => ended(await changed(id, change, deps)));
  }
}

const CHANGES = [
  ['ack', 'acknowledge', 'acknowledge an incident, in the name of the token; done once, however often it is asked'],
  ['resolve', 'resolve', 'resolve an incident, whatever its alerts do, in the name of the token'],
] as const;

function count(text: string): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
}

function list({ output, ...filter }: IncidentFilter & OutputFlag, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const { incidents, more } = await api.list(filter, signal);
    if (output === 'json') {
      deps.stdout.write(jsonText({ incidents, more }));
      return EXIT.passed;
    }
    deps.stdout.write(incidents.length === 0 ? 'no incidents match\n' : incidentTable(incidents));
    if (more) deps.stderr.write(`there are more: raise --limit, or narrow it by --status, --source, --severity or --alertname\n`);
    return EXIT.passed;
  });
}

function show(id: string, { output }: OutputFlag, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const incident = await api.find(id, signal);
    if (!incident) return missingIncident(id, deps);
    deps.stdout.write(output === 'json' ? jsonText(incident) : incidentText(incident, widthOf(deps.stdout)));
    return EXIT.passed;
  });
}

function changed(id: string, change: 'acknowledge' | 'resolve', deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const incident = await api[change](id, signal);
    if (!incident) return missingIncident(id, deps);
    if (change === 'acknowledge' && incident.status === 'resolved') {
      deps.stderr.write(`${id}: too late to acknowledge it, for it is ${standing(incident)}\n`);
      return EXIT.failed;
    }
    deps.stdout.write(`${id}: ${standing(incident)}\n${change === 'resolve' ? stillFiring(incident) : ''}`);
    return EXIT.passed;
  });
}

/** To resolve says nothing to the sender. */
function stillFiring({ firing }: IncidentView): string {
  if (firing === 0) return '';
  return firing === 1
    ? 'its 1 alert that still fires stays so, and re-opens it with its next occurrence\n'
    : `its ${firing} alerts that still fire stay so, and re-open it with their next occurrence\n`;
}

/** Who brought it to where it is, this call or an earlier one. */
function standing({ status, timeline }: IncidentView): string {
  const last = timeline.findLast(({ what }) => what === status);
  return last ? `${status} by ${plain(last.who)} at ${last.at}` : status;
}
