import { Command, CommanderError, Option } from 'commander';
import { addDecisions } from './decide-run.ts';
import { addDeliveries } from './deliveries.ts';
import { type CliDeps, type Ended, EXIT } from './deps.ts';
import { addIncidents } from './incidents.ts';
import { addLearning } from './learning.ts';
import { addPlaybooks } from './playbooks.ts';
import { probeRun, type RunOptions } from './probe-run.ts';
import { probeTrigger } from './probe-trigger.ts';
import { addRepairs } from './repairs.ts';
import { addRules } from './rules.ts';
import { addSupportBundle } from './support-bundle/command.ts';
import { timeoutMs } from './timeout.ts';
import { addTrace } from './trace.ts';

/** Runs the command that the arguments name (without node and script) and resolves with its exit status: 2 where they make no sense. */
export async function awoooi(args: readonly string[], deps: CliDeps): Promise<number> {
  let status: number = EXIT.wrongInput;
  const program = programOf(deps, ended => {
    status = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (err) {
    if (!(err instanceof CommanderError)) throw err;
    return err.exitCode === 0 ? EXIT.passed : EXIT.wrongInput;
  }
}

function programOf(deps: CliDeps, ended: Ended): Command {
  const program = new Command('awoooi')
    .description('Proves that an alert still reaches a human, and names the broken hop when it does not.')
    .version(deps.version)
    .exitOverride()
    .configureOutput({
      writeOut: text => deps.stdout.write(text),
      writeErr: text => deps.stderr.write(text),
      outputError: (text, write) => write(text.replace(ARGUMENT_PREFIX, 'error: ')),
    });
  program
    .command('operator')
    .description('run the operator: controllers, API and metrics, set up by its environment')
    .action(async () => ended(await deps.operator()));
  const probe = program.command('probe').description('run and trigger AlertChainProbes');
  addRun(probe, deps, ended);
  addTrigger(probe, deps, ended);
  addIncidents(program, deps, ended);
  addTrace(program, deps, ended);
  addDeliveries(program, deps, ended);
  addLearning(program, deps, ended);
  addDecisions(program, deps, ended);
  addRepairs(program, deps, ended);
  addRules(program, deps, ended);
  addPlaybooks(program, deps, ended);
  addSupportBundle(program, deps, ended);
  pointToHelp(program, 'awoooi');
  return program;
}

/** Our sentences of a wrong argument say the value and what it should be themselves. */
const ARGUMENT_PREFIX = /^error: command-argument value '[^]*?' is invalid for argument '\w+'\. /;

/** Whatever is wrong with a command line is followed by where its help is. */
function pointToHelp(command: Command, line: string): void {
  command.showHelpAfterError(`see ${line} --help`);
  for (const each of command.commands) pointToHelp(each, `${line} ${each.name()}`);
}

const RUN_HELP = `
Exit status: 0 all hops passed, 1 a hop did not, 2 the file or the settings are wrong.

Secret references of the file are read from variables: key "token" of Secret "my-api" is SECRET_MY_API_TOKEN.
Further variables:
  AWOOOI_API_BASE        the API, where the file gives no target (default http://localhost:8000)
  AWOOOI_API_TOKEN       bearer token for that API
  AWOOOI_PUBLIC_URL      where SigNoz reaches the operator, for hops of type SignozCanary
  TG_BOT_TOKEN, TG_CHAT_ID   who is told of a failure, straight over Telegram
Hops of the types AlertmanagerCanary, SignozCanary and Watchdog need an operator: it knows what came back and what it has heard. It is asked
at AWOOOI_API_BASE where that is set, else at the probe's target.`;

function addRun(probe: Command, deps: CliDeps, ended: Ended): void {
  probe
    .command('run')
    .description('run the probes of a file from here, without a cluster')
    .requiredOption('-f, --filename <file>', 'YAML with one or more AlertChainProbes; - for standard input')
    .addOption(new Option('-o, --output <format>', 'how results are printed').choices(['table', 'json', 'junit']).default('table'))
    .option('--env-file <file>', 'variables, NAME=value on each line; those already set win')
    .option('--hop <name>', 'run only this hop; may be repeated', (name: string, before: readonly string[]) => [...before, name], [])
    .addHelpText('after', RUN_HELP)
    .action(async (options: RunOptions) => ended(await probeRun(options, deps)));
}

interface TriggerFlags {
  readonly wait?: boolean;
  readonly timeout: number;
}

function addTrigger(probe: Command, deps: CliDeps, ended: Ended): void {
  probe
    .command('trigger')
    .description('ask the operator for a run now, by a new spec.runToken')
    .argument('<namespace/name>', 'the AlertChainProbe')
    .option('--wait', 'wait for the run to end; exit 0 when the probe is Ready after it, 1 when not')
    .addOption(new Option('--timeout <duration>', 'how long to wait').argParser(timeoutMs).default(5 * 60_000, '5m'))
    .action(async (name: string, { wait = false, timeout }: TriggerFlags) =>
      ended(await probeTrigger(name, { wait, timeoutMs: timeout }, deps)),
    );
}
