import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliDeps, Ended } from './deps.ts';
import { SIGNOZ_HELP } from './ask-signoz.ts';
import { type ConvertOptions, rulesConvert } from './rules-convert.ts';
import { type DiffOptions, rulesDiff } from './rules-diff.ts';
import { type ExportOptions, rulesExport } from './rules-export.ts';
import { rulesTest, type TestOptions } from './rules-test.ts';

const CONVERT_HELP = `
Takes Prometheus rule files and PrometheusRule objects, also in Lists and within a stream of other objects:
  awoooi rules convert --channel ops --secret signoz rules.yml > signoz-rules.yaml
  helm template kube-prometheus-stack | awoooi rules convert -

Standard output has the objects, with a "# note:" for what changed; standard error says for each rule what became of it.

Exit status: 0 every rule was translated, 1 one was not (with --strict also: or was with a note), 2 the files are wrong or hold no rule.`;

const EXPORT_HELP = `
Rules that an object owns already are left out; --unmanaged says so in words, --all writes them as well, under the names of their objects.
Each object takes over its own rule (adoption ById), and applied as it is, it changes nothing but whose the rule is:
  awoooi rules export --namespace monitoring --secret signoz > rules.yaml
${SIGNOZ_HELP}

Exit status: 0 each object says its whole rule, 1 one does not (see its "# note:"), 2 the settings are wrong or SigNoz does not answer.`;

const DIFF_HELP = `
Needs no cluster. Each object is compared with the rule that an operator would keep for it; a rule that would be new is shown whole:
  awoooi rules diff -f examples/signoz
${SIGNOZ_HELP}
  AWOOOI_CLUSTER_ID the operator's, else the uid of kube-system of its cluster; without it a marker of an object of this name counts,
                    whatever the cluster
  NO_COLOR          no colours, not even on a terminal

Exit status: 0 nothing would change, 1 something would, 2 it cannot be told: a file is wrong, SigNoz does not answer, a name is ambiguous.`;

const TEST_HELP = `
Without --send nothing is asked of SigNoz: the rules are checked, and what would be sent is printed. With it, SigNoz evaluates each rule
once and sends real notifications.
${SIGNOZ_HELP}

Exit status: 0 done, 1 SigNoz refuses a rule, 2 a file or the settings are wrong, or SigNoz does not answer.`;

function kubernetesName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError(`Kubernetes takes no such name: give one of lower case letters, digits, - and . as it is in the cluster.`);
}

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
    .option('--secret <name>', 'Secret that says how SigNoz is reached, for spec.signoz', kubernetesName)
    .option('--namespace <namespace>', 'namespace of the objects', kubernetesName)
    .addOption(new Option('-o, --output <format>', 'how the objects are printed').choices(['yaml', 'json']).default('yaml'))
    .option('--strict', 'notes count as failures')
    .addHelpText('after', CONVERT_HELP)
    .action(async (files: readonly string[], options: ConvertOptions) => ended(await rulesConvert(files, options, deps)));
  rules
    .command('export')
    .description('rules of SigNoz as SignozAlertRules that take them over')
    .addOption(new Option('--all', 'also those that an object owns').conflicts('unmanaged'))
    .option('--unmanaged', 'only those that no object owns; so it is without --all')
    .option('--namespace <namespace>', 'namespace of the objects', kubernetesName)
    .option('--secret <name>', 'Secret that says how SigNoz is reached, for spec.signoz', kubernetesName)
    .addOption(new Option('-o, --output <format>', 'how the objects are printed').choices(['yaml', 'json']).default('yaml'))
    .option('--env-file <file>', ENV_FILE)
    .addHelpText('after', EXPORT_HELP)
    .action(async (options: ExportOptions) => ended(await rulesExport(options, deps)));
  addOfFiles(rules, deps, ended);
}

function addOfFiles(rules: Command, deps: CliDeps, ended: Ended): void {
  rules
    .command('diff')
    .description('what an apply of SignozAlertRules would change in SigNoz')
    .requiredOption('-f, --filename <file...>', FILES)
    .option('--namespace <namespace>', 'namespace of objects that name none (default: default)', kubernetesName)
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['diff', 'json']).default('diff'))
    .option('--env-file <file>', ENV_FILE)
    .addHelpText('after', DIFF_HELP)
    .action(async (options: DiffOptions) => ended(await rulesDiff(options, deps)));
  rules
    .command('test')
    .description("try SignozAlertRules by SigNoz' own test, which sends real notifications")
    .requiredOption('-f, --filename <file...>', FILES)
    .option('--send', 'really ask SigNoz, which notifies the channels')
    .option('--env-file <file>', ENV_FILE)
    .addHelpText('after', TEST_HELP)
    .action(async (options: TestOptions) => ended(await rulesTest(options, deps)));
}

const FILES = 'YAML or JSON with SignozAlertRules, or a folder of such files; - for standard input';
const ENV_FILE = 'variables, NAME=value on each line; those already set win';
