import { type IncidentReader, incidentReader } from '../../test/parts/incident-reader.ts';
import type { Screen } from '../screen.ts';
import { NAMESPACE, type Stage } from '../stage.ts';
import { repaired } from './circle.ts';
import { type RepairDesk, repairDesk } from './desk.ts';
import { killedBetween } from './kill.ts';
import { learnedPlaybook } from './lesson.ts';
import { peopleOf } from './people.ts';
import { heldAndRefused } from './safety.ts';

/** What a scene needs to be played; what went wrong in it is a list of sentences. */
export interface RepairScene {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly reader: IncidentReader;
  readonly desk: RepairDesk;
}

/** The fourth job: what has helped becomes a playbook, people approve it, it is done, and the alert says whether it helped. Returns what went wrong. */
export async function repairsSection(stage: Stage, screen: Screen): Promise<readonly string[]> {
  const reader = incidentReader({ url: stage.operator.url, token: stage.apiToken });
  const desk = repairDesk(stage, NAMESPACE);
  const scene: RepairScene = { stage, screen, reader, desk };
  const people = await peopleOf(stage);
  try {
    await screen.step('a Deployment of two pods, checkout, and another, cart', () =>
      Promise.all([desk.deploy('checkout'), desk.deploy('cart')]),
    );
    const { playbook, wrong } = await learnedPlaybook(scene);
    wrong.push(...(await repaired(scene, playbook)));
    wrong.push(...(await heldAndRefused(scene, people)), ...(await killedBetween(scene, people)));
    return wrong;
  } finally {
    people.forget();
    await reader.close();
  }
}
