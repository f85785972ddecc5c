import { eventually } from '../../test/parts/eventually.ts';
import type { StandingMessage } from '../../test/servers/telegram-messages.ts';
import { showCard } from '../shown-card.ts';
import { ON_CALL } from '../stage.ts';
import type { ShownPlaybook, ShownRun } from './desk.ts';
import { incident, SLOW_ALERT } from './lesson.ts';
import type { RepairScene } from './section.ts';

const WITHIN = { withinMs: 60_000, everyMs: 100 };

/** The alert fires again: the playbook is suggested, proposed, approved, carried out and judged, and what came of it is learned. */
export async function repaired(scene: RepairScene, playbook: string): Promise<string[]> {
  const { screen, desk } = scene;
  const before = await desk.playbook(playbook);
  const { approval, first } = await proposed(scene, playbook);
  const wrong = first === 1 ? [] : [`checkout was rolled out ${first} times before anybody approved`];
  wrong.push(...(await carriedOut(scene, { playbook, approval })));
  const run = await screen.step('the alert resolves, stays quiet, the pods are there, the Watchdog fires: verified and learned', () =>
    desk.runOf(playbook, ({ status }) => status?.learned === true || ['Failed', 'Unknown'].includes(status?.phase ?? '')),
  );
  wrong.push(...judged(scene, run));
  wrong.push(...(await figures(scene, before)), ...(await told(scene, approval)));
  return wrong;
}

interface Proposed {
  /** The message that asks for approval. */
  readonly approval: StandingMessage;
  /** Rollouts of checkout until then. */
  readonly first: number;
}

async function proposed(scene: RepairScene, playbook: string): Promise<Proposed> {
  const { stage, screen, desk } = scene;
  screen.heading('The alert fires again');
  stage.checkout.setLatency(3);
  const card = await screen.step('Prometheus, Alertmanager, the incident again, its card with what was learned', () =>
    eventually(() => withButton(scene, /propose/i), WITHIN),
  );
  showCard(screen, card);
  press(scene, card, /propose/i);
  const approval = await screen.step(`${ON_CALL.username} presses Propose: a RepairRun waits, and asks`, () =>
    eventually(() => withButton(scene, /approve/i), WITHIN),
  );
  showCard(screen, approval);
  await desk.runOf(playbook, ({ status }) => status?.phase === 'AwaitingApproval');
  return { approval, first: await desk.revision('checkout') };
}

async function carriedOut(scene: RepairScene, { playbook, approval }: { playbook: string; approval: StandingMessage }): Promise<string[]> {
  const { stage, screen, desk } = scene;
  const old = await desk.pods('checkout');
  press(scene, approval, /approve/i);
  const run = await screen.step(`${ON_CALL.username} presses Approve: the Deployment is restarted, pod by pod`, async () => {
    const verifying = await desk.runOf(playbook, ({ status }) => !['AwaitingApproval', 'Running'].includes(status?.phase ?? 'Running'));
    await desk.rolledOut('checkout');
    return verifying;
  });
  stage.checkout.setLatency(0.2);
  const now = await eventually(async () => {
    const pods = await desk.pods('checkout');
    return pods.length === old.length ? pods : undefined;
  }, WITHIN);
  const revision = await desk.revision('checkout');
  screen.list([
    ['', 'BEFORE', 'AFTER'],
    ['revision of deployment/checkout', '1', `${revision}`],
    ...old.map((pod, n) => [n === 0 ? 'its pods' : '', pod, now[n] ?? '']),
  ]);
  const [approvedBy] = run.status?.approvals ?? [];
  return [
    ...(revision === 2 ? [] : [`checkout is at revision ${revision} after one restart`]),
    ...(now.some(pod => old.includes(pod)) ? ['a pod of checkout was not replaced'] : []),
    ...(approvedBy?.by === `telegram:${ON_CALL.id}` ? [] : [`the run says that ${approvedBy?.by} approved it`]),
  ];
}

function judged({ screen }: RepairScene, { metadata, status }: ShownRun): string[] {
  const line = `${metadata.name} is ${status?.phase}: ${status?.message}`;
  if (status?.phase !== 'Succeeded') return [line];
  screen.good(line);
  return [];
}

/** `kubectl get rpb` shows figures at most every 30 seconds. */
async function figures({ screen, desk }: RepairScene, { metadata: { name }, status }: ShownPlaybook): Promise<string[]> {
  const before = status?.stats;
  const after = await screen.step('the figures of the playbook move', () =>
    eventually(async () => {
      const { stats } = (await desk.playbook(name)).status ?? {};
      return stats?.attempts === before?.attempts ? undefined : stats;
    }, WITHIN),
  );
  const rows = (['attempts', 'successes', 'successRate', 'effectiveN', 'lowerBound'] as const).map(key => [
    key,
    `${before?.[key]}`,
    `${after[key]}`,
  ]);
  screen.list([['', 'BEFORE', 'AFTER'], ...rows]);
  screen.say('    $ kubectl get rpb,rr');
  for (const line of (await desk.run('get', 'rpb,rr')).trimEnd().split('\n')) screen.say(`    ${line}`);
  const counts = [before?.attempts, before?.successes, before?.effectiveN, after.attempts, after.successes, after.effectiveN].join(' ');
  return counts === '6 5 0 7 6 1' ? [] : [`attempts, successes and verified runs went from and to ${counts}, not 6 5 0 7 6 1`];
}

async function told(scene: RepairScene, approval: StandingMessage): Promise<string[]> {
  const { stage, screen, desk } = scene;
  const isAsked = ({ messageId }: StandingMessage): boolean => messageId === approval.messageId;
  const succeeded = (likes: (card: StandingMessage) => boolean): StandingMessage | undefined =>
    stage.telegram.cards().findLast(card => likes(card) && card.text.includes(`succeeded, by ${ON_CALL.username}`));
  const [asked, card] = await screen.step('both messages in Telegram say so, and the incident is resolved', async () => {
    await incident(scene, ({ status }) => status === 'resolved');
    return Promise.all([
      eventually(() => succeeded(isAsked), WITHIN),
      eventually(() => succeeded(one => !isAsked(one) && one.text.includes(SLOW_ALERT)), WITHIN),
    ]);
  });
  showCard(screen, asked);
  screen.say('');
  showCard(screen, card);
  const [one] = await scene.reader.all({ alertname: SLOW_ALERT });
  screen.heading(`awoooi incidents show ${one?.id}`);
  const { status, stdout, stderr } = await desk.awoooi(['incidents', 'show', one?.id ?? '']);
  for (const line of `${stdout}${stderr}`.trimEnd().split('\n')) screen.say(`    ${line}`);
  return status === 0 && stdout.includes('Succeeded') ? [] : ['awoooi incidents show does not tell of the repair'];
}

function withButton({ stage }: Pick<RepairScene, 'stage'>, label: RegExp): StandingMessage | undefined {
  return stage.telegram.cards().find(({ text, buttons }) => text.includes(SLOW_ALERT) && dataOf({ buttons }, label) !== undefined);
}

function dataOf({ buttons }: Pick<StandingMessage, 'buttons'>, label: RegExp): string | undefined {
  return buttons.flat().find(({ text }) => label.test(text))?.data;
}

function press({ stage }: Pick<RepairScene, 'stage'>, { chatId, messageId, buttons }: StandingMessage, label: RegExp): void {
  stage.telegram.press({ chatId, messageId, data: dataOf({ buttons }, label) ?? '', user: ON_CALL });
}
