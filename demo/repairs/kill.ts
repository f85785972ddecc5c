import { doomed } from '../../test/e2e/doomed.ts';
import type { Approvers } from './people.ts';
import { approved, PLAYBOOK, waitingRun } from './safety.ts';
import type { RepairScene } from './section.ts';

const RUN = 'survives-a-kill';

/** Killed once the API server has taken the restart, before that is recorded: whoever goes on finds it done, and does not do it again. */
export async function killedBetween(scene: RepairScene, { mei }: Approvers): Promise<string[]> {
  const { stage, screen, desk } = scene;
  screen.heading('The operator is killed with -9 between a repair and its record');
  await waitingRun(desk, { name: RUN, of: 'cart' });
  await stage.operator.halt();
  const wrong = await approved(scene, RUN, mei);
  const { port: _, ...options } = stage.operatorOptions;
  const env = { ...options.env, AWOOOI_FAILPOINT: 'run-effect:after' };
  await screen.step('one that dies right after the restart, as by kill -9', () => doomed(RUN, { ...options, env }));
  const left = await standing(desk);
  await screen.step('another starts, waits for the lease, and goes on', async () => {
    await stage.operator.restart();
    await desk.runOf(PLAYBOOK, ({ status }) => status?.steps?.[0]?.deed !== undefined);
  });
  await desk.rolledOut('cart');
  const now = await standing(desk);
  screen.list([
    ['', 'AT THE KILL', 'AFTERWARDS'],
    ['intent recorded', left.intent, now.intent],
    ['deed recorded', left.deed, now.deed],
    ['times that cart was restarted', left.restarts, now.restarts],
  ]);
  if (now.deed === 'Done') screen.good(now.detail);
  if (left.intent !== 'yes' || left.deed !== 'no')
    wrong.push('the operator did not die between intent and deed, which then proves nothing');
  if (now.deed !== 'Done') wrong.push(`the step that was done before the kill ended as ${now.deed}: ${now.detail}`);
  if (left.restarts !== '1' || now.restarts !== '1') wrong.push(`cart was restarted ${now.restarts} times by one approved restart`);
  return wrong;
}

/** What stands on record of the run, and what was done in truth. */
async function standing(desk: RepairScene['desk']): Promise<Readonly<Record<'intent' | 'deed' | 'detail' | 'restarts', string>>> {
  const [step] = (await desk.runOf(PLAYBOOK, () => true)).status?.steps ?? [];
  const { intent, deed } = step ?? {};
  const restarts = (await desk.revision('cart')) - 1;
  return { intent: intent ? 'yes' : 'no', deed: deed?.result ?? 'no', detail: deed?.detail ?? '', restarts: `${restarts}` };
}
