import { tryKubectl } from '../../test/parts/kubectl.ts';
import { UNLABELLED } from '../stage.ts';
import { type RepairDesk, repairDesk } from './desk.ts';
import { restartPlaybook, restartRun } from './manifests.ts';
import type { Approver, Approvers } from './people.ts';
import type { RepairScene } from './section.ts';
import { eventually } from '../../test/parts/eventually.ts';

const RUN = 'by-hand';

/** What an approval does not suffice for, and one that is none. */
export async function heldAndRefused({ stage, screen }: RepairScene, people: Approvers): Promise<string[]> {
  screen.heading('What does not happen');
  const desk = repairDesk(stage, UNLABELLED);
  await desk.deploy('stock');
  await waitingRun(desk, { name: RUN, of: 'stock' });
  const wrong = await forged(desk, people, screen);
  wrong.push(...(await approved({ desk, screen }, RUN, people.mei)));
  const { status } = await screen.step('in a namespace without the label an approved run is held', () =>
    desk.runOf(PLAYBOOK, run => reasonOf(run) === 'NamespaceNotEnabled'),
  );
  screen.good(`${status?.message}`);
  const revision = await desk.revision('stock');
  return revision === 1 ? wrong : [...wrong, `stock was rolled out ${revision} times in a namespace without the label`];
}

export const PLAYBOOK = 'restart-by-hand';

/** A playbook and a run of it that a person wrote; resolves once the operator knows the playbook. */
export async function waitingRun(desk: RepairDesk, { name, of }: { readonly name: string; readonly of: string }): Promise<void> {
  await desk.apply(restartPlaybook(PLAYBOOK, of));
  const hash = await eventually(async () => (await desk.playbook(PLAYBOOK)).status?.hash, { withinMs: 30_000, everyMs: 100 });
  await desk.apply(restartRun(name, { playbook: PLAYBOOK, hash, of }));
}

/** `awoooi approve`, as this person. */
export async function approved({ desk, screen }: Pick<RepairScene, 'desk' | 'screen'>, run: string, who: Approver): Promise<string[]> {
  const { status, stdout, stderr } = await desk.awoooi(['approve', `${desk.namespace}/${run}`], who.kubeconfig);
  screen.say(`    $ awoooi approve ${desk.namespace}/${run}`);
  for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) screen.say(`    ${line}`);
  return status === 0 ? [] : [`awoooi approve ended with ${status}`];
}

async function forged(desk: RepairDesk, { mei, lin }: Approvers, screen: RepairScene['screen']): Promise<string[]> {
  const patch = JSON.stringify({ spec: { approvals: [{ by: mei.by, decision: 'Approve' }] } });
  const args = ['-n', desk.namespace, 'patch', 'rr', RUN, '--type=merge', '-p', patch];
  const { status, stderr } = await screen.step('lin, who may approve, writes an approval in the name of mei', () =>
    tryKubectl(args, { kubeconfig: lin.kubeconfig }),
  );
  if (status === 0 || !stderr.includes('names somebody else')) return [`an approval in somebody else's name was not refused: ${stderr}`];
  screen.good(stderr.trim());
  return [];
}

function reasonOf({ status }: Awaited<ReturnType<RepairDesk['runs']>>[number]): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
}
