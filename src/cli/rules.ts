import { type Command, Option } from 'commander';
import type { CliDeps, Ended } from './deps.ts';
import { type ConvertOptions, rulesConvert } from './rules-convert.ts';

const CONVERT_HELP = `
Takes Prometheus rule files and PrometheusRule objects, also in Lists and within a stream of other objects:
  awoooi rules convert --channel ops --secret signoz rules.yml > signoz-rules.yaml
  helm template kube-prometheus-stack | awoooi rules convert -

Standard output has the objects, with a "# note:" for what changed; standard error says for each rule what became of it.

Exit status: 0 every rule was translated, 1 one was not (with --strict also: or was with a note), 2 the files are wrong or hold no rule.`;

const several = (one: string, before: readonly string[]): readonly string[] => [...before, one];

/** `awoooi rules …`. */
export function addRules(program: Command, deps: CliDeps, ended: Ended): void {
  const rules = program.command('rules').description('bring alert rules over to SigNoz, and see what an apply would change');
  rules
    .command('convert')
    .description('Prometheus rules as SignozAlertRules')
    .argument('<file...>', 'rule files; - for standard input')
    .option('--channel <name>', "channel of SigNoz that is told; may be repeated. None: SigNoz' routing policies decide", several, [])
    .option('--use-policy', "SigNoz' routing policies decide who is told; what is done without --channel, too")
    .option('--secret <name>', 'Secret that says how SigNoz is reached, for spec.signoz')
    .option('--namespace <namespace>', 'namespace of the objects')
    .addOption(new Option('-o, --output <format>', 'how the objects are printed').choices(['yaml', 'json']).default('yaml'))
    .option('--strict', 'notes count as failures')
    .addHelpText('after', CONVERT_HELP)
    .action(async (files: readonly string[], options: ConvertOptions) => ended(await rulesConvert(files, options, deps)));
}
