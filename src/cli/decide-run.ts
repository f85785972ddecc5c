import { type Command, Option } from 'commander';
import { type RepairRun } from '../crds/repairrun/kind.ts';
import type { Decision } from '../crds/repairrun/spec.ts';
import { ENDED_PHASES, type RunPhase } from '../crds/repairrun/status.ts';
import { type Lateness, latenessOf, mayDecide } from '../domain/approvals/decide-run.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { FoundRun, RepairRunName, RunApprover } from '../domain/ports/run-approver.ts';
import { type CliDeps, type Ended, EXIT } from './deps.ts';
import { plain } from './output/columns.ts';
import { runPlan, runStanding } from './output/run-text.ts';
import { timeoutMs } from './timeout.ts';

interface Flags {
  readonly namespace?: string;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly timeout: number;
}

const HELP = `
The decision is an entry of your own in spec.approvals of the RepairRun: nobody else can write it, and you need the verb approve on repairruns.
The cluster and who you are is that of KUBECONFIG.
Exit status: 0 decided or, with --wait, ended as decided; 1 it was too late, refused or went wrong; 2 there is no such run, or the arguments are wrong.`;

/** `awoooi approve` and `awoooi reject`. */
export function addDecisions(program: Command, deps: CliDeps, ended: Ended): void {
  const decisions = [
    ['approve', 'Approve', 'approve a repair that waits, in your own name'],
    ['reject', 'Reject', 'reject a repair that waits, in your own name: the first rejection decides'],
  ] as const;
  for (const [name, decision, description] of decisions) {
    program
      .command(name)
      .description(description)
      .argument('<run>', 'the RepairRun: NAMESPACE/NAME, or NAME with --namespace')
      .option('-n, --namespace <namespace>', 'the namespace of the RepairRun')
      .option('--reason <text>', 'why, for the others; of an approval it may say the root cause')
      .option('--wait', 'wait until the run has ended, and say what happens')
      .addOption(new Option('--timeout <duration>', 'how long to wait').argParser(timeoutMs).default(30 * 60_000, '30m'))
      .addHelpText('after', HELP)
      .action(async (run: string, flags: Flags) => ended(await decide(run, { decision, flags }, deps)));
  }
}

/** Longer than any single call to the API server takes. */
const ASK_WITHIN_MS = 30_000;

interface Deciding {
  readonly decision: Decision;
  readonly flags: Flags;
}

async function decide(text: string, deciding: Deciding, deps: CliDeps): Promise<number> {
  const run = runName(text, deciding.flags.namespace);
  if (!run)
    return wrong(`"${plain(text)}" names no run: give NAMESPACE/NAME, or NAME and --namespace; kubectl get repairruns -A shows them`, deps);
  const opened = await deps.openApprover();
  if (!opened.ok) return wrong(opened.problems.join('\n'), deps);
  try {
    return await decided(opened.value.approver, run, { ...deciding, deps });
  } catch (err) {
    if (!(err instanceof PortError)) throw err;
    return failed(`${run.namespace}/${run.name}: ${err.message}${adviceFor(err)}`, deps);
  } finally {
    await opened.value.close();
  }
}

function runName(text: string, flag: string | undefined): RepairRunName | undefined {
  const [first = '', second, ...rest] = text.split('/');
  const run = second === undefined ? { namespace: flag ?? '', name: first } : { namespace: first, name: second };
  const contradicts = flag !== undefined && flag !== run.namespace;
  return run.namespace === '' || run.name === '' || rest.length > 0 || contradicts ? undefined : run;
}

function adviceFor({ fault }: PortError): string {
  return fault === 'forbidden' ? '; you need the verbs get, patch and approve on repairruns.awoooi.io in that namespace' : '';
}

interface At extends Deciding {
  readonly deps: CliDeps;
}

async function decided(approver: RunApprover, name: RepairRunName, at: At): Promise<number> {
  const { decision, flags, deps } = at;
  const soon = AbortSignal.any([deps.signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
  const [by, found] = await Promise.all([approver.whoAmI(soon), approver.find(name, soon)]);
  if (!found) return wrong(`there is no RepairRun ${name.namespace}/${name.name}`, deps);
  const { run } = found;
  deps.stdout.write(runPlan(run));
  const obstacle = obstacleTo(decision, by, found);
  if (obstacle !== undefined) return failed(`${name.namespace}/${name.name}: ${obstacle}`, deps);
  const entry = { by, decision, ...(flags.reason !== undefined && { reason: flags.reason }) };
  const { uid } = run.metadata;
  const written = await approver.enter({ ...name, uid }, entry, soon);
  if (!written) return wrong(`RepairRun ${name.namespace}/${name.name} was deleted meanwhile`, deps);
  deps.stdout.write(`${decision === 'Approve' ? 'approved' : 'rejected'} by ${plain(by)}\n`);
  if (flags.wait) return awaited(approver, { ...name, uid }, at);
  deps.stdout.write('It is recorded, and the operator acts on it within seconds; --wait shows what becomes of it.\n');
  return EXIT.passed;
}

/** Why it makes no sense to write it, in words that say what to do. */
function obstacleTo(decision: Decision, by: string, { run, playbook }: FoundRun): string | undefined {
  const playbooks = { playbooks: () => (playbook ? [playbook] : []) };
  const lateness = latenessOf(run, playbooks);
  const { phase } = run.status ?? {};
  if (phase !== undefined && phase !== 'AwaitingApproval') return LATE[lateness](run);
  if (decision === 'Approve' && lateness === 'changed') return LATE.changed(run);
  if (mayDecide(run, by)) return undefined;
  return `its playbook lists who decides, and ${plain(by)} is not among them: ${run.spec.approval.approvers.map(name => plain(name)).join(', ')}`;
}

const LATE: Readonly<Record<Lateness, (run: RepairRun) => string>> = {
  approved: run => `too late, it was approved already: ${runStanding(run)}`,
  rejected: run => `too late, it was rejected already: ${runStanding(run)}`,
  expired: ({ status }) =>
    `too late, it expired${status?.expiresAt === undefined ? '' : ` at ${status.expiresAt}`}: a new incident, or a person, asks anew`,
  changed: () => 'its playbook has changed since it asked: a new run asks for what it is now; kubectl get repairruns shows it',
  over: run => `it does not wait for approval: ${runStanding(run)}`,
};

async function awaited(
  approver: RunApprover,
  run: RepairRunName & { readonly uid: string },
  { decision, flags, deps }: At,
): Promise<number> {
  const until = AbortSignal.any([deps.signal, AbortSignal.timeout(flags.timeout)]);
  const name = `${run.namespace}/${run.name}`;
  let last = '';
  for await (const seen of approver.follow(run, until)) {
    const standing = runStanding(seen);
    const phase = seen.status?.phase;
    if (phase !== undefined && ENDED_PHASES.includes(phase)) {
      deps.stdout.write(`${name}: ${standing}\n`);
      return asDecided(decision, phase) ? EXIT.passed : EXIT.failed;
    }
    if (standing !== last) deps.stderr.write(`${name}: ${standing}\n`);
    last = standing;
  }
  if (!until.aborted) return failed(`${name}: the run was deleted meanwhile`, deps);
  return failed(`${name}: it has not ended within ${flags.timeout / 1000} s; ${last === '' ? 'is the operator running?' : last}`, deps);
}

function asDecided(decision: Decision, phase: RunPhase): boolean {
  return decision === 'Reject' ? phase === 'Rejected' : phase === 'Succeeded' || phase === 'DryRun';
}

function failed(problem: string, { stderr }: CliDeps): number {
  stderr.write(`${problem}\n`);
  return EXIT.failed;
}

function wrong(problem: string, { stderr }: CliDeps): number {
  stderr.write(`${problem}\n`);
  return EXIT.wrongInput;
}
