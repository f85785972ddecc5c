import type { IncidentReader } from '../../test/parts/incident-reader.ts';
import { incidentReader } from '../../test/parts/incident-reader.ts';
import { eventually } from '../../test/parts/eventually.ts';
import type { Screen } from '../screen.ts';
import type { Stage } from '../stage.ts';
import { diskCard, press } from './card.ts';
import { killedInTheMiddle } from './kill.ts';
import { sentryComment } from './sentry.ts';
import { traced } from './trace.ts';

/** What a scene needs to be played; what went wrong in it is a list of sentences. */
export interface Scene {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly reader: IncidentReader;
}

/** The second job: an alert becomes one incident, somebody is told, and nothing is lost though everything is killed. Returns what went wrong. */
export async function incidentsSection(stage: Stage, screen: Screen): Promise<readonly string[]> {
  const reader = incidentReader({ url: stage.operator.url, token: stage.apiToken });
  const scene: Scene = { stage, screen, reader };
  try {
    await screen.step('waiting until the operator knows a Watchdog', () => eventually(() => watchdogHeard(stage), { withinMs: 30_000 }));
    const card = await diskCard(scene);
    const wrong = [...(await press(scene, card)), ...(await sentryComment(scene))];
    wrong.push(...(await killedInTheMiddle(scene)), ...(await traced(scene)));
    return wrong;
  } finally {
    await reader.close();
  }
}

async function watchdogHeard({ operator, apiToken }: Stage): Promise<boolean> {
  const answer = await fetch(`${operator.url}/api/v1/watchdogs`, {
    headers: { authorization: `Bearer ${apiToken}` },
    signal: AbortSignal.timeout(5_000),
  });
  return (await answer.text()).includes('Watchdog');
}
