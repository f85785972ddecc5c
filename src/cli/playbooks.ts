import { type Command, Option } from 'commander';
import { PortError } from '../domain/ports/port-error.ts';
import type { ListedPlaybook } from '../domain/ports/playbook-reader.ts';
import { addOutput, jsonText, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT } from './deps.ts';
import { playbookTable } from './output/playbook-table.ts';
import { exportPlaybooks } from './playbooks-export.ts';

const NAMESPACE = ['-n, --namespace <namespace>', 'only of this namespace'] as const;

const RIGHTS = `
The cluster is the one of KUBECONFIG, with your own rights there: list on repairplaybooks.`;

const EXPORT_HELP = `
Examples:
  awoooi playbooks export > playbooks.yaml         what was learned, to be reviewed and committed
  awoooi playbooks export -n shop --all -o json
${RIGHTS}`;

interface ExportFlags {
  readonly namespace?: string;
  readonly all?: boolean;
  readonly output: 'yaml' | 'json';
}

/** `awoooi playbooks …`. */
export function addPlaybooks(program: Command, deps: CliDeps, ended: Ended): void {
  const playbooks = program.command('playbooks').description('read RepairPlaybooks, and bring what was learned into Git');
  addOutput(playbooks.command('list').description('playbooks with what their runs have shown'))
    .option(...NAMESPACE)
    .addHelpText('after', RIGHTS)
    .action(async ({ namespace, output }: OutputFlag & { readonly namespace?: string }) =>
      ended(await ask(namespace, deps, found => listed(found, output, deps))),
    );
  playbooks
    .command('export')
    .description('learned playbooks as YAML that can be committed and applied')
    .option(...NAMESPACE)
    .option('--all', 'those that people wrote, too')
    .addOption(new Option('-o, --output <format>', 'how they are printed').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', EXPORT_HELP)
    .action(async ({ namespace, all = false, output }: ExportFlags) =>
      ended(await ask(namespace, deps, found => exportPlaybooks(found, { all, output }, deps))),
    );
}

function listed(found: readonly ListedPlaybook[], output: OutputFlag['output'], { stdout }: CliDeps): number {
  if (output === 'json') stdout.write(jsonText({ apiVersion: 'v1', kind: 'List', items: found.map(({ object }) => object) }));
  else stdout.write(found.length === 0 ? 'there are no playbooks\n' : playbookTable(found));
  return EXIT.passed;
}

const ASK_WITHIN_MS = 60_000;

async function ask(namespace: string | undefined, deps: CliDeps, then: (found: readonly ListedPlaybook[]) => number): Promise<number> {
  const opened = await deps.openPlaybooks();
  if (!opened.ok) {
    deps.stderr.write(`${opened.problems.join('\n')}\n`);
    return EXIT.wrongInput;
  }
  try {
    return then(await opened.value.playbooks.list(namespace, AbortSignal.any([deps.signal, AbortSignal.timeout(ASK_WITHIN_MS)])));
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    deps.stderr.write(`${err.message}\n`);
    return EXIT.failed;
  } finally {
    await opened.value.close();
  }
}
