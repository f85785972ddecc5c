import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { Stage } from '../stage.ts';
import { send, troubles } from './alerts.ts';
import type { Scene } from './section.ts';
import { ISSUE } from './sentry.ts';

const ALERTS = 40;
/** Deliveries go on side by side: at a kill so many cards of this section may be on their way at most. */
const IN_FLIGHT = 10;

/** Redis and the operator are killed while alerts come in and cards go out; afterwards everything is there, once. */
export async function killedInTheMiddle({ stage, screen, reader }: Scene): Promise<string[]> {
  screen.heading(`Killed with -9 in the middle of ${ALERTS} alerts`);
  const alerts = troubles(ALERTS);
  const half = alerts.slice(0, ALERTS / 2);
  await send(
    stage,
    half.map(({ body }) => body),
  );
  await screen.step('the first cards go out', () => eventually(() => cardsOf(stage).length >= 5, { withinMs: 60_000 }));
  await screen.step('kill -9: Redis and the operator', async () => {
    await Promise.all([stage.redis.kill9(), stage.operator.kill9()]);
  });
  await send(
    stage,
    alerts.slice(half.length).map(({ body }) => body),
  );
  await screen.step('both start again, with what they had written', async () => {
    await stage.redis.restart();
    await stage.operator.restart();
  });
  const ours = async (): Promise<readonly IncidentView[]> =>
    (await reader.all()).filter(({ alertname }) => alertname.startsWith('Trouble'));
  const told = (): boolean => alerts.every(({ name }) => cardsOf(stage).some(text => text.includes(name)));
  const wrong: string[] = [];
  await screen
    .step('every alert is an incident, and has its card', () =>
      eventually(async () => told() && (await ours()).length >= ALERTS, { withinMs: 90_000 }),
    )
    .catch(() => wrong.push('not every alert has an incident and a card'));
  const incidents = await ours();
  return [...wrong, ...account({ stage, screen }, { names: alerts.map(({ name }) => name), incidents })];
}

interface Account {
  readonly names: readonly string[];
  readonly incidents: readonly IncidentView[];
}

/** What is there afterwards, counted. */
function account({ stage, screen }: Pick<Scene, 'stage' | 'screen'>, { names, incidents }: Account): string[] {
  const cards = cardsOf(stage);
  const missing = names.filter(name => !cards.some(text => text.includes(name)));
  const once = incidents.filter(({ occurrences }) => occurrences === 1);
  const comments = stage.sentry.notes(ISSUE).length;
  const twice = cards.length - (names.length - missing.length);
  screen.list([
    ['alerts sent', `${names.length}`],
    ['incidents', `${incidents.length}`],
    ['of one occurrence each', `${once.length}`],
    ['cards missing', `${missing.length}`],
    ['cards sent twice', `${twice}`],
    ['comments on the Sentry issue', `${comments}`],
  ]);
  return [
    ...(incidents.length === names.length && once.length === names.length ? [] : ['there is not exactly one incident per alert']),
    ...(missing.length === 0 ? [] : [`${missing.length} cards are missing`]),
    ...(twice <= IN_FLIGHT ? [] : [`${twice} cards were sent twice, more than can have been on their way`]),
    ...(comments === 1 ? [] : [`the Sentry issue has ${comments} comments`]),
  ];
}

/** The texts of the cards of this section. */
function cardsOf({ telegram }: Pick<Stage, 'telegram'>): readonly string[] {
  return telegram.cards().flatMap(({ text }) => (/Trouble\d\d/.test(text) ? [text] : []));
}
