import type { Command } from 'commander';
import { addOutput, API_HELP, askApi, incidentIdArgument, jsonText, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT } from './deps.ts';
import { deliveriesText } from './output/deliveries-text.ts';

/** `awoooi deliveries …`. */
export function addDeliveries(program: Command, deps: CliDeps, ended: Ended): void {
  const deliveries = program.command('deliveries').description('what waits to be told, and what was given up');
  addOutput(deliveries.command('list').description('how much waits, and the dead letters with why they died'))
    .addHelpText('after', API_HELP)
    .action(async (flags: OutputFlag) => ended(await list(flags, deps)));
  deliveries
    .command('retry')
    .description('put dead letters back to be delivered: those of one incident, or all')
    .argument('[id]', 'the incident', incidentIdArgument)
    .addHelpText('after', API_HELP)
    .action(async (id: string | undefined) => ended(await retry(id, deps)));
}

function list({ output }: OutputFlag, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const found = await api.deliveries(signal);
    deps.stdout.write(output === 'json' ? jsonText(found) : deliveriesText(found));
    return EXIT.passed;
  });
}

function retry(id: string | undefined, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ api, signal }) => {
    const retried = await api.retry(id, signal);
    const none = id === undefined ? 'there are no dead letters' : `${id} has no dead letters`;
    const done = `${retried} dead ${retried === 1 ? 'letter' : 'letters'} put back to be delivered`;
    deps.stdout.write(`${retried === 0 ? `nothing to put back: ${none}` : done}\n`);
    return EXIT.passed;
  });
}
