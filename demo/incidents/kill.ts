import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { StandingMessage } from '../../test/servers/telegram-messages.ts';
import { type Stage, TEAMS } from '../stage.ts';
import { send, troubles } from './alerts.ts';
import type { Scene } from './section.ts';
import { asksForComment, EARLIER_ISSUE, ISSUE_AT_KILL, report } from './sentry.ts';

const ALERTS = 40;
/** So long Sentry takes over the comment that is asked for just before the kill: it is written when whoever asked is dead. */
const COMMENT_TAKES_MS = 5_000;

/** Redis and the operator are killed while alerts come in, cards go out and a comment is written; afterwards everything is there, once. */
export async function killedInTheMiddle(scene: Scene): Promise<string[]> {
  const { stage, screen } = scene;
  screen.heading(`Killed with -9 in the middle of ${ALERTS} alerts`);
  const alerts = troubles(ALERTS);
  const [before, meanwhile] = [alerts.slice(0, ALERTS / 2), alerts.slice(ALERTS / 2)];
  await underWay(scene, before);
  await screen.step('kill -9: Redis and the operator', async () => {
    await Promise.all([stage.redis.kill9(), stage.operator.kill9()]);
  });
  const wrong = stage.sentry.notes(ISSUE_AT_KILL).length === 0 ? [] : ['the comment was there before the kill, which then proves nothing'];
  stage.sentry.mend();
  await send(
    stage,
    meanwhile.map(({ body }) => body),
  );
  const onTheirWay = lastOfEachChat(stage);
  await screen.step('both start again, with what they had written', async () => {
    await stage.redis.restart();
    await stage.operator.restart();
  });
  const names = alerts.map(({ name }) => name);
  await screen
    .step('every alert is an incident, and has its card; nothing waits', () =>
      eventually(() => settled(scene, names), { withinMs: 90_000 }),
    )
    .catch(() => wrong.push('not every alert has an incident and a card, or a delivery still waits'));
  return [...wrong, ...account(stage, screen, { names, incidents: await incidentsOf(scene), onTheirWay })];
}

/** Cards go out, and Sentry has been asked for a comment that it has not written yet. */
async function underWay({ stage, screen }: Scene, alerts: ReturnType<typeof troubles>): Promise<void> {
  stage.sentry.setIssue({ id: ISSUE_AT_KILL, title: 'RangeError: too much recursion', lastSeen: new Date() });
  stage.sentry.breakWith({ is: 'slow', delayMs: COMMENT_TAKES_MS }, request => asksForComment(request, ISSUE_AT_KILL));
  await send(
    stage,
    alerts.map(({ body }) => body),
  );
  await report(stage, { issueId: ISSUE_AT_KILL, title: 'RangeError: too much recursion' });
  const asked = (): boolean => stage.sentry.requests.some(request => asksForComment(request, ISSUE_AT_KILL));
  await screen.step('the first cards go out, and a comment is on its way to Sentry', () =>
    eventually(() => cardsOf(stage).length >= 5 && asked(), { withinMs: 60_000 }),
  );
}

async function settled(scene: Scene, names: readonly string[]): Promise<boolean> {
  const missing = names.filter(name => !cardsOf(scene.stage).some(({ text }) => text.includes(name)));
  if (missing.length > 0 || (await incidentsOf(scene)).length < names.length) return false;
  // What waits could still be told a second time.
  const { waiting } = await scene.reader.api.deliveries(AbortSignal.timeout(5_000));
  return waiting === 0;
}

async function incidentsOf({ reader }: Pick<Scene, 'reader'>): Promise<readonly IncidentView[]> {
  return (await reader.all()).filter(({ alertname }) => alertname.startsWith('Trouble'));
}

interface Account {
  readonly names: readonly string[];
  readonly incidents: readonly IncidentView[];
  /** Alerts whose cards may have been in flight at the kill. */
  readonly onTheirWay: ReadonlySet<string>;
}

/** What is there afterwards, counted. */
function account(stage: Stage, screen: Scene['screen'], { names, incidents, onTheirWay }: Account): string[] {
  const cards = cardsOf(stage).map(nameOn);
  const missing = names.filter(name => !cards.includes(name));
  const once = incidents.filter(({ occurrences }) => occurrences === 1);
  const repeated = cards.filter((name, n) => cards.indexOf(name) < n);
  const unexplained = repeated.filter((name, n) => !onTheirWay.has(name) || repeated.indexOf(name) < n);
  const comments = [EARLIER_ISSUE, ISSUE_AT_KILL].map(issue => stage.sentry.notes(issue).length);
  screen.list([
    ['alerts sent', `${names.length}`],
    ['incidents', `${incidents.length}`],
    ['of one occurrence each', `${once.length}`],
    ['cards missing', `${missing.length}`],
    ['cards sent twice', `${repeated.length}`],
    ['comments on each Sentry issue', comments.join(' and ')],
  ]);
  screen.say(
    `  A chat is sent one card a second: at the kill each of the ${TEAMS.length} chats had one in flight at most. Telegram has no`,
  );
  screen.say(
    '  idempotency key, so that one alone may come twice. Sentry wrote the second comment after the kill: it had to be found again.',
  );
  return [
    ...(incidents.length === names.length && once.length === names.length ? [] : ['there is not exactly one incident per alert']),
    ...(missing.length === 0 ? [] : [`${missing.length} cards are missing`]),
    ...(unexplained.length === 0 ? [] : [`sent twice without having been in flight at the kill: ${unexplained.join(', ')}`]),
    ...(comments.every(count => count === 1) ? [] : [`the Sentry issues have ${comments.join(' and ')} comments`]),
  ];
}

/** Of each chat the alert whose card came last: before a later one can be sent, the earlier ones were recorded. */
function lastOfEachChat(stage: Stage): ReadonlySet<string> {
  return new Set(new Map(cardsOf(stage).map(card => [card.chatId, nameOn(card)])).values());
}

const NAME = /Trouble\d\d/;

/** The cards of this section, in the order in which they came. */
function cardsOf({ telegram }: Pick<Stage, 'telegram'>): readonly StandingMessage[] {
  return telegram.cards().filter(({ text }) => NAME.test(text));
}

const nameOn = ({ text }: Pick<StandingMessage, 'text'>): string => NAME.exec(text)?.[0] ?? '';
