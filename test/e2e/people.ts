import type { Incident } from '../../src/domain/incidents/incident.ts';
import { eventually } from '../parts/eventually.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import type { FailingWorld } from './failing-deliveries.ts';
import { postAlerts } from './alerts.ts';
import { USER } from './incident-stage.ts';

/** The name of alerts of whose end Alertmanager does not tell. */
export const UNHEARD = 'Unheard';

type Wanted = 'acknowledged' | 'silenced' | 'open' | 'resolved';

/** People who want something of incidents while operators die, each of another incident. */
export interface People {
  /** Presses this button of a card on which nobody has pressed yet. */
  press(button: string): Promise<void>;
  /** Ends a silence that somebody has made. */
  endSilence(): Promise<void>;
  /** Makes a silence, and ends it once the alert of its incident has ended under it; Alertmanager tells of neither. */
  outwait(): Promise<void>;
  /** Resolves an open incident of this name by the API. */
  resolve(name: string): Promise<void>;
  /** Puts all dead letters back. */
  retryDead(): Promise<void>;
  /** Whether anything was wanted of this incident. */
  asked(incidentId: string): boolean;
  /** Of how many incidents something was wanted. */
  wishes(): number;
  /** The incidents of which this is wanted. */
  wishing(wanted: Wanted): string[];
  /** The incidents that are not as wanted. */
  unheard(incidents: readonly Incident[]): string[];
  /** Whoever sees nothing come of a wish says it again. */
  askAgain(): Promise<void>;
}

/** The operator has seen the alert at Alertmanager while it was silenced, and waits for the end of the silence. */
const looksForItsEnd = ({ deliveries }: Incident): boolean =>
  deliveries.some(({ channel, due }) => channel === 'silence-end' && due !== undefined);

/** Which incident a card is about. */
export const incidentOn = ({ text }: Pick<StandingMessage, 'text'>): string => /inc-\d\d-[a-z0-9]{13}/.exec(text)?.[0] ?? '';

export function peopleOf(world: FailingWorld): People {
  const wishes = new Map<string, { readonly wanted: Wanted; readonly again: () => void }>();

  function wish(id: string, wanted: Wanted, again: () => void): void {
    wishes.set(id, { wanted, again });
    again();
  }

  /** Presses the button that says this on the first card that fits, once there is one, and resolves with its incident. */
  async function pressOn(says: string, wanted: Wanted, fits: (incidentId: string) => boolean): Promise<string> {
    const find = () => {
      const cards = world.telegram.cards().filter(card => fits(incidentOn(card)));
      return cards.flatMap(card =>
        card.buttons.flat().flatMap(({ text, data }) => (text === says ? { ...card, data: data ?? '' } : [])),
      )[0];
    };
    const found = await eventually(find, { withinMs: 60_000 });
    wish(incidentOn(found), wanted, () => void world.telegram.press({ ...found, user: USER }));
    return incidentOn(found);
  }

  async function outwait(): Promise<void> {
    const namespace = `unheard-${wishes.size}`;
    await postAlerts(world.alertmanager, { labels: { alertname: UNHEARD, severity: 'warning', namespace } });
    const opened = async () => (await world.incidents()).find(({ labels }) => labels['namespace'] === namespace)?.id;
    const mine = await eventually(opened, { withinMs: 60_000 });
    const id = await pressOn('🔕 Silence 1 h', 'silenced', each => each === mine);
    const silenced = async () => (await world.incidents()).find(each => each.id === id && each.silence && looksForItsEnd(each));
    const { labels } = await eventually(silenced, { withinMs: 60_000 });
    await postAlerts(world.alertmanager, { labels, endsAt: new Date() });
    await pressOn('🔔 End the silence', 'resolved', each => each === id);
  }

  function unheard(incidents: readonly Incident[]): string[] {
    const now = new Map(incidents.map(incident => [incident.id, stateOf(incident)]));
    return [...wishes].flatMap(([id, { wanted }]) => (now.get(id) === wanted ? [] : id));
  }

  return {
    async press(button) {
      await pressOn(button, button.includes('Silence') ? 'silenced' : 'acknowledged', id => !wishes.has(id));
    },
    async endSilence() {
      await pressOn('🔔 End the silence', 'open', id => wishes.get(id)?.wanted === 'silenced');
    },
    outwait,
    async resolve(name) {
      const find = async () => (await world.incidents()).find(each => each.name === name && each.status === 'open' && !wishes.has(each.id));
      const { id } = await eventually(find, { withinMs: 30_000 });
      wish(id, 'resolved', () => void called(world, `incidents/${id}/resolve`));
    },
    retryDead: () => called(world, 'deliveries/retry'),
    asked: id => wishes.has(id),
    wishes: () => wishes.size,
    wishing: wanted => [...wishes].flatMap(([id, each]) => (each.wanted === wanted ? id : [])),
    unheard,
    async askAgain() {
      for (const id of unheard(await world.incidents())) wishes.get(id)?.again();
    },
  };
}

const stateOf = ({ silence, status }: Incident): string => (silence ? 'silenced' : status);

/** Whatever is answered, if anything: it may be the end of whoever is called. */
async function called({ url, apiToken }: FailingWorld, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${apiToken}` };
  const answer = fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, signal: AbortSignal.timeout(10_000) });
  await answer.then(({ body }) => body?.cancel()).catch(() => undefined);
}
