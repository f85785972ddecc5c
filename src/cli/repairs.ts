import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PauseView } from '../domain/approvals/pause-view.ts';
import { SHOWN_STATUSES } from '../domain/approvals/approval-view.ts';
import type { ApprovalFilter } from '../domain/ports/repair-api.ts';
import { addOutput, API_HELP, askApi, jsonText, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT } from './deps.ts';
import { approvalTable } from './output/approval-table.ts';
import { plain } from './output/columns.ts';

interface ListFlags extends OutputFlag {
  readonly status: ApprovalFilter;
}

/** `awoooi repairs …`. */
export function addRepairs(program: Command, deps: CliDeps, ended: Ended): void {
  const repairs = program.command('repairs').description('read repairs, and pause all of them');
  addOutput(repairs.command('list').description('repairs that were asked for, newest first'))
    .addOption(new Option('--status <status>', 'only of this status').choices([...SHOWN_STATUSES, 'all']).default('all'))
    .addHelpText('after', API_HELP)
    .action(async (flags: ListFlags) => ended(await list(flags, deps)));
  addOutput(repairs.command('paused').description('who wants repairs paused'))
    .addHelpText('after', API_HELP)
    .action(async (flags: OutputFlag) => ended(await paused(flags, deps)));
  repairs
    .command('pause')
    .description('begin no repair until everybody who paused has resumed, in the name of the token')
    .addOption(new Option('--reason <text>', 'why, for the others').argParser(reason).makeOptionMandatory())
    .addHelpText('after', API_HELP)
    .action(async (flags: { readonly reason: string }) => ended(await pause(flags.reason, deps)));
  repairs
    .command('resume')
    .description('withdraw the wish for a pause that stands in the name of the token')
    .addHelpText('after', API_HELP)
    .action(async () => ended(await resume(deps)));
}

const LONGEST_REASON = 500;

function reason(text: string): string {
  if (text.trim() !== '' && text.length <= LONGEST_REASON) return text;
  throw new InvalidArgumentError(`Say why in 1 to ${LONGEST_REASON} characters.`);
}

function list({ status, output }: ListFlags, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ repairs, signal }) => {
    const approvals = await repairs.approvals(status, signal);
    const text = approvals.length === 0 ? 'no repairs match\n' : approvalTable(approvals);
    deps.stdout.write(output === 'json' ? jsonText({ approvals }) : text);
    return EXIT.passed;
  });
}

function paused({ output }: OutputFlag, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ repairs, signal }) => {
    const view = await repairs.paused(signal);
    deps.stdout.write(output === 'json' ? jsonText(view) : standing(view));
    return EXIT.passed;
  });
}

function pause(why: string, deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ repairs, signal }) => {
    deps.stdout.write(standing(await repairs.pause(why, signal)));
    return EXIT.passed;
  });
}

function resume(deps: CliDeps): Promise<number> {
  return askApi(deps, async ({ repairs, signal }) => {
    deps.stdout.write(standing(await repairs.resume(signal)));
    return EXIT.passed;
  });
}

function standing({ paused: isPaused, requests }: PauseView): string {
  if (!isPaused) return 'repairs are not paused\n';
  const lines = requests.map(request => `  by ${plain(request.by)} since ${request.since}: ${plain(request.reason, LONGEST_REASON)}\n`);
  return `repairs are paused\n${lines.join('')}`;
}
